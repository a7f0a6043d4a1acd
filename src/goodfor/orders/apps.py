"""The orders app: the orchestrator of a sale, and the only one."""

from django.apps import AppConfig


class OrdersApp(AppConfig):
    """Quote, place, pay, cancel, expire, refund."""

    name = "goodfor.orders"
    label = "orders"
