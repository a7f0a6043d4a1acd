"""The room of companies' welfare."""

from django.apps import AppConfig


class WelfareConfig(AppConfig):
    """See docs/welfare.md."""

    name = "goodfor.welfare"
    label = "welfare"
