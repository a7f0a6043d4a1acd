"""Addresses of companies that give their people something."""

from typing import Final

from django.urls import URLPattern, path

from goodfor.console.views.welfare import companies

welfare_urls: Final[list[URLPattern]] = [
    path("welfare/", companies.listed, name="welfare"),
    path("welfare/new", companies.make, name="welfare-company-new"),
    path("welfare/<uuid:company_id>/", companies.company, name="welfare-company"),
    path("welfare/<uuid:company_id>/edit", companies.edit, name="welfare-company-edit"),
    path("welfare/<uuid:company_id>/act", companies.act, name="welfare-company-act"),
]
