"""The room of cards: programs, batches, each card, and what was paid with it."""

from django.apps import AppConfig


class CardsConfig(AppConfig):
    """See docs/architecture.md §1."""

    name = "goodfor.cards"
    label = "cards"
