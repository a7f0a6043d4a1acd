"""Addresses of invitations: terms, and the queue of what looks odd."""

from django.urls import path

from goodfor.console.views import referrals

referral_urls = [
    path("referrals/", referrals.queue, name="referrals"),
    path("referrals/terms", referrals.save, name="referral-terms"),
    path("referrals/<uuid:order_id>/", referrals.act, name="referral-act"),
]
