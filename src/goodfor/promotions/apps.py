"""The room of promotions: campaigns, coupons, bundles, and what they do to a price."""

from django.apps import AppConfig


class PromotionsConfig(AppConfig):
    """See docs/promotions.md."""

    name = "goodfor.promotions"
    label = "promotions"
