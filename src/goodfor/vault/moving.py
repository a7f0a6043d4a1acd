"""Moves of single codes by hand: checked, counted, written down."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from goodfor.kernel import audit
from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.vault.errors import TooManyCodes
from goodfor.vault.locks import LockedCode, lock_codes
from goodfor.vault.states import CODE_NUMBERS, DRAINED, LOT_MACHINE, MACHINE, OPEN, SOLD

MAX_CODES = 1000
_MOVE = Statement(__package__, "sql/move_codes.sql")


def move_codes(
    *,
    shop_id: UUID,
    code_ids: Sequence[UUID],
    target: Callable[[LockedCode], str],
    action: str,
    reason: str,
    actor: str,
    now: datetime,
) -> list[LockedCode]:
    """Lock the codes, move each to its target, with counts, history and one audit line; returns them as they were.

    What was sold keeps its holder. Raises CodeNotFound, IllegalTransition, TooManyCodes.
    """
    if len(code_ids) > MAX_CODES:
        raise TooManyCodes(limit=MAX_CODES)
    codes = lock_codes(shop_id, code_ids)
    groups: dict[tuple[str, str, bool], list[UUID]] = defaultdict(list)
    for code in codes:
        to_state = target(code)
        MACHINE.check(code.state, to_state)
        groups[code.state, to_state, code.sold_at is not None].append(code.id)
    for (from_state, to_state, keep), ids in groups.items():
        _move_group(shop_id, from_state, to_state, keep, ids, actor=actor, cause=action, now=now)
    if codes:
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action=action,
            subject=("codes", codes[0].id),
            data={"count": len(codes), "reason": reason[:200], "code_ids": [str(code.id) for code in codes]},
            now=now,
        )
    return codes


def _move_group(
    shop_id: UUID, from_state: str, to_state: str, keep: bool, ids: list[UUID], *, actor: str, cause: str, now: datetime
) -> None:
    row = _MOVE.row(
        {
            "shop_id": shop_id,
            "code_ids": ids,
            "from_state": CODE_NUMBERS[from_state],
            "to_state": CODE_NUMBERS[to_state],
            "keep": keep or from_state == SOLD,
        }
    )
    assert row is not None
    assert row[0] == len(ids)
    for code_id in ids:
        record_history(
            shop_id=shop_id,
            machine=MACHINE,
            subject_id=code_id,
            moves=[(from_state, to_state)],
            actor=actor,
            cause=cause,
            now=now,
        )
    record_opened(shop_id, row[1], cause=cause, now=now)


def record_opened(shop_id: UUID, lot_ids: Sequence[UUID], *, cause: str, now: datetime) -> None:
    """History of drained lots that a code came back to."""
    for lot_id in lot_ids:
        record_history(
            shop_id=shop_id,
            machine=LOT_MACHINE,
            subject_id=lot_id,
            moves=[(DRAINED, OPEN)],
            actor="system",
            cause=cause,
            now=now,
        )
