"""The demo app: invented goods, codes and orders in a shop, marked so that they can be taken away again."""

from django.apps import AppConfig


class DemoApp(AppConfig):
    """Demo data."""

    name = "goodfor.demo"
    label = "demo"
