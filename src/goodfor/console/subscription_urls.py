"""Addresses of subscriptions."""

from typing import Final

from django.urls import URLPattern, path

from goodfor.console.views.subscriptions import one, plans

subscription_urls: Final[list[URLPattern]] = [
    path("plans/", plans.listed, name="plans"),
    path("plans/new", plans.make, name="plan-new"),
    path("plans/<uuid:plan_id>/", plans.plan, name="plan"),
    path("plans/<uuid:plan_id>/edit", plans.edit, name="plan-edit"),
    path("plans/<uuid:plan_id>/sale", plans.sale, name="plan-sale"),
    path("subscriptions/", one.listed, name="subscriptions"),
    path("subscriptions/<uuid:subscription_id>/", one.subscription, name="subscription"),
    path("subscriptions/<uuid:subscription_id>/act", one.act, name="subscription-act"),
    path("subscriptions/<uuid:subscription_id>/refund", one.refund, name="subscription-refund"),
]
