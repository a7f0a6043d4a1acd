"""Which providers of payouts exist. A new one is one folder and one line here."""

from goodfor.settlement.providers.base import PayoutProvider

PROVIDERS: dict[str, PayoutProvider] = {}


def provider_for(name: str) -> PayoutProvider | None:
    """The provider of that name, or None."""
    return PROVIDERS.get(name)
