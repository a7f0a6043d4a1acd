"""Statements of tiers as functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from goodfor.kernel.ids import uuid7_batch
from goodfor.kernel.sql import Statement
from goodfor.loyalty import tiers as rules
from goodfor.loyalty.tier_models import TiersRevision
from goodfor.loyalty.tier_types import CALENDAR, Standing, Step, TierSet

_DUE: Final = Statement(__package__, "sql/members_due.sql")
_MOVE: Final = Statement(__package__, "sql/move_members.sql")
JOIN: Final = Statement(__package__, "sql/join_member.sql")
NOTE_DEED: Final = Statement(__package__, "sql/note_deed.sql")
UNDO_DEED: Final = Statement(__package__, "sql/undo_deed.sql")


@dataclass(frozen=True, slots=True)
class Counted:
    """A member that this transaction holds, and what he did: in the window of now, and in that of his tier's end."""

    owner: UUID
    standing: Standing
    amount: int
    kept_amount: int


def latest(shop_id: UUID) -> tuple[int, TierSet] | None:
    """The set in force with its number; None: the shop has no tiers."""
    row = TiersRevision.objects.filter(shop_id=shop_id).order_by("-number").first()
    return (row.number, rules.from_json(row.tiers)) if row else None


def counted(
    shop_id: UUID, tiers: TierSet, zone: ZoneInfo, now: datetime, *, after: UUID | None = None,
    only: UUID | None = None, limit: int = 1,
) -> list[Counted]:  # fmt: skip
    """The next ones behind `after` by id, or `only` one."""
    rows = _DUE.rows(
        {
            "shop_id": shop_id, "after": after, "only": only, "limit": limit, "metric": tiers.metric,
            "since": rules.window_began(tiers, now, zone), "calendar": tiers.window == CALENDAR, "zone": zone.key,
        }
    )  # fmt: skip
    return [Counted(row[0], Standing(*row[1:5]), row[5], row[6]) for row in rows]


def move(
    shop_id: UUID, number: int, steps: Sequence[tuple[Counted, Step]], *, why: str, actor: str, now: datetime
) -> None:
    """All of them, with their history."""
    if not steps:
        return
    _MOVE.run(
        {
            "shop_id": shop_id, "tiers": number, "why": why[:200], "actor": actor[:80], "now": now,
            "owners": [one.owner for one, _step in steps], "ids": uuid7_batch(len(steps)),
            "whats": [step.what for _one, step in steps], "from_ranks": [one.standing.rank for one, _step in steps],
            "to_ranks": [step.after.rank for _one, step in steps],
            "sinces": [step.after.since or now for _one, step in steps],
            "untils": [step.after.until for _one, step in steps],
            "sources": [step.after.source for _one, step in steps], "amounts": [one.amount for one, _step in steps],
        }
    )  # fmt: skip
