"""The console app."""

from django.apps import AppConfig


class ConsoleApp(AppConfig):
    """What the staff of a shop see."""

    name = "goodfor.console"
    label = "console"
