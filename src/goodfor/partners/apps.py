"""The room of partners in points: accounts, what was spent there and here, and what each owes the other."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """See docs/architecture.md §1."""

    name = "goodfor.partners"
    label = "partners"
