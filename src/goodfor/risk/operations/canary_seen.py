"""A code was seen outside: is it one that was planted?"""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.events import publish
from goodfor.kernel.sql import Statement
from goodfor.risk.door_events import CanarySeen
from goodfor.risk.operations.note_meeting import note_meeting
from goodfor.risk.types import KeyKind

_MEET = Statement("goodfor.risk", "sql/meet_canary.sql")
_AMONG = Statement("goodfor.risk", "sql/canaries_among.sql")


@transaction.atomic
def seen(
    *, shop_id: UUID, fingerprint: bytes, place: str, now: datetime, who: Mapping[KeyKind, str] | None = None
) -> bool:  # fmt: skip
    """True for a planted one: an alarm and an audit line, once an hour a code; each time is counted.

    `place`: where it was seen (a redemption, a claim, a leaked file). `who` brought it, by keys as plain texts, where
    that is known. Ask it of every code that comes from outside.
    """
    row = _MEET.row({"shop_id": shop_id, "fingerprint": fingerprint, "place": place[:200], "now": now})
    if row is None:
        return False
    canary_id, sku_id, told = row
    if who:
        note_meeting(shop_id=shop_id, planted_id=canary_id, place=place, who=who, now=now)
    if told:
        publish(
            shop_id=shop_id, event=CanarySeen(canary_id, sku_id, place[:200]), now=now, cause=("risk.canary", canary_id)
        )
        audit.record(
            shop_id=shop_id, actor="system", action="risk.canary_seen", subject=("canary", canary_id),
            data={"place": place[:200]}, now=now,
        )  # fmt: skip
    return True


def seen_among(
    *, shop_id: UUID, fingerprints: Collection[bytes], place: str, now: datetime,
    who: Mapping[KeyKind, str] | None = None,
) -> int:  # fmt: skip
    """How many of these are planted ones, each as `seen`; one look into an index where none is."""
    if not fingerprints:
        return 0
    found = _AMONG.rows({"shop_id": shop_id, "fingerprints": list(set(fingerprints))})
    return sum(seen(shop_id=shop_id, fingerprint=bytes(row[0]), place=place, now=now, who=who) for row in found)
