"""Wiring that needs all rooms loaded: which handler hears which event, which loops run."""

from django.apps import AppConfig


class ConfigApp(AppConfig):
    """The last app: imports the wiring once all models are there."""

    name = "goodfor.config"
    label = "config"

    def ready(self) -> None:
        """Connect handlers, loops and providers."""
        from goodfor.config import wiring  # noqa: PLC0415  (apps must be loaded first)

        wiring.connect()
