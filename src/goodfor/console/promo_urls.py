"""Addresses of campaigns and their coupons."""

from typing import Final

from django.urls import URLPattern, path

from goodfor.console.views.campaigns import coupons, editor, lab, listed, one, packs

promo_urls: Final[list[URLPattern]] = [
    path("campaigns/", listed.listed, name="campaigns"),
    path("campaigns/calendar", listed.calendar, name="campaign-calendar"),
    path("campaigns/new", editor.choose, name="campaign-new"),
    path("campaigns/new/<slug:play>", editor.make, name="campaign-make"),
    path("campaigns/<uuid:campaign_id>/", one.one, name="campaign"),
    path("campaigns/<uuid:campaign_id>/edit", editor.edit, name="campaign-edit"),
    path("campaigns/<uuid:campaign_id>/act", one.act, name="campaign-act"),
    path("campaigns/<uuid:campaign_id>/simulated", lab.simulated, name="campaign-simulated"),
    path("campaigns/<uuid:campaign_id>/tried", lab.tried, name="campaign-tried"),
    path("campaigns/<uuid:campaign_id>/coupons", coupons.make, name="campaign-coupons"),
    path("campaigns/packs/", packs.listed, name="coupon-packs"),
    path("campaigns/packs/<uuid:pack_id>/close", packs.close, name="coupon-pack-close"),
    path("campaigns/coupons/<uuid:coupons_id>/act", coupons.act, name="campaign-coupons-act"),
]
