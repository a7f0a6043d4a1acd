"""Addresses of bundles and of pages of blocks."""

from typing import Final

from django.urls import URLPattern, path

from goodfor.console.views import bundles, window, window_pages

bundle_urls: Final[list[URLPattern]] = [
    path("bundles/", bundles.listed, name="bundles"),
    path("bundles/new", bundles.new, name="bundle-new"),
    path("bundles/<uuid:bundle_id>/", bundles.edit, name="bundle"),
    path("bundles/<uuid:bundle_id>/move", bundles.move, name="bundle-move"),
    path("pages/", window_pages.pages, name="window-pages"),
    path("pages/new", window_pages.new, name="window-page-new"),
    path("pages/<uuid:page_id>/", window.home, name="window-page"),
    path("pages/<uuid:page_id>/edit", window_pages.edit, name="window-page-edit"),
    path("pages/<uuid:page_id>/move", window_pages.move, name="window-page-move"),
    path("pages/<uuid:page_id>/add/<slug:kind>", window.add, name="window-page-add"),
    path("pages/<uuid:page_id>/order", window.order, name="window-page-order"),
    path("pages/<uuid:page_id>/publish", window.publish, name="window-page-publish"),
    path("pages/<uuid:page_id>/restore", window.restore, name="window-page-restore"),
    path("pages/<uuid:page_id>/preview", window.preview, name="window-page-preview"),
]
