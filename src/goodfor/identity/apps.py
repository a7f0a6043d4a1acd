"""The identity app."""

from django.apps import AppConfig


class IdentityApp(AppConfig):
    """Tenants and those who act in them."""

    name = "goodfor.identity"
    label = "identity"
