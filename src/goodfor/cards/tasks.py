"""Periodic duties of cards, each one operation."""

from datetime import datetime

from goodfor.cards.operations.expire_cards import expire_cards
from goodfor.cards.operations.make_batch import write_cards
from goodfor.cards.operations.walk import walk_on
from goodfor.kernel.loops import loop


@loop(name="cards.write", seconds=5.0)
def write(now: datetime) -> int:
    """Cards of batches, chunk by chunk."""
    return write_cards(now=now)


@loop(name="cards.walk", seconds=5.0)
def walk(now: datetime) -> int:
    """Ranges that become good or are revoked, chunk by chunk."""
    return walk_on(now=now)


@loop(name="cards.expire", seconds=60.0)
def expire(now: datetime) -> int:
    """Cards whose time is over."""
    return expire_cards(now=now)
