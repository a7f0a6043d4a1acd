"""Which issuers exist. A new one is one folder and one line here."""

from typing import Final

from goodfor.invoices.providers.base import IssuingProvider
from goodfor.invoices.providers.gateway import Gateway

PROVIDERS: Final[dict[str, IssuingProvider]] = {"gateway": Gateway()}


def provider_for(name: str) -> IssuingProvider | None:
    """The issuer of that name, or None."""
    return PROVIDERS.get(name)
