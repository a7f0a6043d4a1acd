"""Addresses of invoices."""

from django.urls import URLPattern, path

from goodfor.console.desk.invoices import INVOICES
from goodfor.console.listing.pages import listing_urls
from goodfor.console.views.invoices import issuer, one, vat

invoice_urls: list[URLPattern] = [
    path("invoices/vat/", vat.summary, name="invoice-vat"),
    path("invoices/vat/file", vat.file, name="invoice-vat-file"),
    path("invoices/issuer/", issuer.issuer, name="invoice-issuer"),
    *listing_urls("invoices/", INVOICES),
    path("invoices/<uuid:invoice_id>/", one.invoice, name="invoice"),
    path("invoices/<uuid:invoice_id>/act", one.act, name="invoice-act"),
]
