"""The delivery app: how a line is fulfilled, and how codes are shown."""

from django.apps import AppConfig


class DeliveryApp(AppConfig):
    """From the vault to the buyer."""

    name = "goodfor.delivery"
    label = "delivery"
