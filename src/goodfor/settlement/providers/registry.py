"""Which providers of payouts exist. A new one is one folder and one line here."""

from datetime import datetime
from uuid import UUID

from goodfor.settlement.providers.base import PayoutProvider, Way
from goodfor.settlement.providers.channel import ChannelTransfers

PROVIDERS: dict[str, PayoutProvider] = {"alipay": ChannelTransfers("alipay")}


def provider_for(way: str) -> PayoutProvider | None:
    """The provider of a way, or None."""
    return PROVIDERS.get(way.partition(":")[0])


def ways_of(shop_id: UUID, currency: str, now: datetime) -> list[Way]:
    """How a shop can pay by providers now."""
    return [way for provider in PROVIDERS.values() for way in provider.ways(shop_id, currency, now)]


def way_named(shop_id: UUID, name: str, currency: str, now: datetime) -> Way | None:
    """One of them, or None."""
    provider = provider_for(name)
    ways = provider.ways(shop_id, currency, now) if provider else ()
    return next((way for way in ways if way.name == name), None)
