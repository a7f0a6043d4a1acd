"""The payments app."""

from django.apps import AppConfig


class PaymentsApp(AppConfig):
    """Channels, payments, refunds."""

    name = "goodfor.payments"
    label = "payments"
