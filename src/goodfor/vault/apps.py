"""The vault app."""

from django.apps import AppConfig


class VaultApp(AppConfig):
    """Codes, sealed."""

    name = "goodfor.vault"
    label = "vault"
