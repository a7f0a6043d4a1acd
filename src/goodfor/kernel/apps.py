"""The kernel app: tables for events, idempotency, history, keys and the audit trail."""

from django.apps import AppConfig


class KernelApp(AppConfig):
    """Foundation of all rooms."""

    name = "goodfor.kernel"
    label = "kernel"
