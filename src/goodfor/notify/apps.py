"""The notify app."""

from django.apps import AppConfig


class NotifyApp(AppConfig):
    """Templates, channels, send log."""

    name = "goodfor.notify"
    label = "notify"
