"""The kit room."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    """The design system: tokens, components, icons, template tags, built stylesheets and scripts."""

    name = "goodfor.kit"
    label = "kit"
    verbose_name = "kit"
