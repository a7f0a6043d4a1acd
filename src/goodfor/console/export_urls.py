"""Addresses of what takes two: for the second person."""

from django.urls import path

from goodfor.console.views import export_wishes

export_urls = [
    path("risk/exports/", export_wishes.wishes_page, name="export-wishes"),
    path("risk/exports/<uuid:wish_id>/decide", export_wishes.wish, name="export-wish"),
]
