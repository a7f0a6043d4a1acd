"""Whose money it is: rooms above say who applies facts about payments of their kind. The wiring fills it."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from goodfor.payments.models import FactRow, Payment
from goodfor.payments.types import Applied, Fact


class Applier(Protocol):
    """Applies a fact once, in a transaction of its own, and posts it: `apply_fact` and what it means for its room."""

    def __call__(self, *, shop_id: UUID, fact: Fact, now: datetime) -> Applied:
        """Repeated, it answers `already_applied`."""
        ...


_APPLIERS: dict[str, Applier] = {}


def takes_facts(source_type: str, applier: Applier) -> None:
    """From now on that room applies facts about its payments. Wiring only."""
    _APPLIERS[source_type] = applier


def applier_of(shop_id: UUID, fact: Fact) -> Applier | None:
    """Who applies a fact; None: the room of orders, as everything that nobody else has asked for.

    Where the channel named another number of ours for this money before, that word stands.
    """
    if not _APPLIERS:
        return None
    known = FactRow.objects.filter(
        shop_id=shop_id, account_id=fact.account_id, kind=fact.kind, channel_ref=fact.channel_ref
    )
    number = known.values_list("our_ref", flat=True).first() or fact.our_ref
    source = Payment.objects.filter(shop_id=shop_id, number=number).values_list("source_type", flat=True).first()
    return _APPLIERS.get(source) if source else None
