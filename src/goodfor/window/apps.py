"""The window app: what the first page of a shop shows, as the operator has arranged it."""

from django.apps import AppConfig


class WindowApp(AppConfig):
    """The shop window."""

    name = "goodfor.window"
    label = "window"
