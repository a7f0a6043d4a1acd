"""The room of subscriptions: plans, who has them, their paid periods, and what is picked of them."""

from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    """See docs/architecture.md §1."""

    name = "goodfor.subscriptions"
    label = "subscriptions"
