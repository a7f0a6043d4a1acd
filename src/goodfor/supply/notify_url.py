"""Where a supplier's calls come to. Each supplier has an address that nobody can guess."""

from django.conf import settings

from goodfor.supply.models import Supplier

PATH = "/supply/hook/"


def notify_url(supplier: Supplier) -> str:
    """The whole address."""
    return f"{settings.GOODFOR_PUBLIC_URL.rstrip('/')}{PATH}{supplier.hook}"
