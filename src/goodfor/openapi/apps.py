"""The openapi app."""

from django.apps import AppConfig


class OpenapiApp(AppConfig):
    """REST under /api/v1; it has no tables."""

    name = "goodfor.openapi"
    label = "openapi"
