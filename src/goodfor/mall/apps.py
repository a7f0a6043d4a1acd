"""The room of what points buy: rewards, what members redeemed, draws and each play."""

from django.apps import AppConfig


class MallConfig(AppConfig):
    """See docs/architecture.md §1."""

    name = "goodfor.mall"
    label = "mall"
