"""The room of prices: campaigns, coupons, bundles and plays, what they may cost, and who has had them."""

from django.apps import AppConfig


class PromotionsApp(AppConfig):
    """See docs/architecture.md §1 and docs/promotions.md."""

    name = "goodfor.promotions"
    label = "promotions"
