"""Addresses of partners in points."""

from typing import Final

from django.urls import URLPattern, path

from goodfor.console.views.partners import listed, month, one

partner_urls: Final[list[URLPattern]] = [
    path("partners/", listed.listed, name="partners"),
    path("partners/new", listed.make, name="partner-new"),
    path("partners/<uuid:points_partner_id>/", one.partner, name="partner"),
    path("partners/<uuid:points_partner_id>/edit", listed.edit, name="partner-edit"),
    path("partners/<uuid:points_partner_id>/offers", one.offer, name="partner-offer"),
    path("partners/<uuid:points_partner_id>/again", one.again, name="partner-again"),
    path("partners/<uuid:points_partner_id>/month", month.month, name="partner-month"),
    path("partners/<uuid:points_partner_id>/month/file", month.file, name="partner-month-file"),
]
