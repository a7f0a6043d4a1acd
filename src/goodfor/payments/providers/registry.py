"""Which providers exist. A new channel is one folder and one line here."""

from goodfor.payments.providers.balance.adapter import BalanceProvider
from goodfor.payments.providers.base import Provider
from goodfor.payments.providers.epay.adapter import EpayProvider
from goodfor.payments.providers.sandbox.adapter import SandboxProvider

PROVIDERS: dict[str, Provider] = {
    "balance": BalanceProvider(),
    "epay": EpayProvider(),
    "sandbox": SandboxProvider(),
}


def provider_for(name: str) -> Provider | None:
    """The adapter of that name, or None."""
    return PROVIDERS.get(name)
