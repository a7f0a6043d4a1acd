"""The supply room."""

from django.apps import AppConfig


class SupplyConfig(AppConfig):
    """Suppliers, offers, purchases."""

    name = "goodfor.supply"
    label = "supply"
