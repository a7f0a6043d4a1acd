"""Moves of rewards: written down, and in the books in the same transaction. Steps of others, in their transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from goodfor.kernel.events import publish
from goodfor.kernel.statemachine import record_history
from goodfor.ledger import operations as ledger
from goodfor.ledger.types import Entry
from goodfor.referrals import accounts, scoring, states
from goodfor.referrals.accounts import Bears
from goodfor.referrals.events import ReviewNeeded, RewardFrozen, RewardTakenBack
from goodfor.referrals.locks import lock_review
from goodfor.referrals.models import Review, Reward
from goodfor.referrals.types import Terms

SYSTEM: Final = "system"


def move(row: Reward, to_state: str, *, actor: str, cause: str, now: datetime, **more: Any) -> None:
    """Move a locked reward, with its history."""
    changed = Reward.objects.filter(shop_id=row.shop_id, id=row.id, state=row.state)
    record_history(
        shop_id=row.shop_id, machine=states.REWARD, subject_id=row.id, moves=[(row.state, to_state)], actor=actor,
        cause=cause, now=now,
    )  # fmt: skip
    assert changed.update(state=to_state, **more) == 1, "its row is locked"
    for name, value in {"state": to_state, **more}.items():
        setattr(row, name, value)


def bears(row: Reward) -> Bears:
    """What its entries belong to."""
    return Bears(row.id, row.order_id, row.line_id, row.sku_id, row.programme_id)


def approve(rows: Sequence[Reward], *, actor: str, cause: str, now: datetime) -> None:
    """Pending ones are right: in the books as owed."""
    entries = []
    for row in rows:
        move(row, states.APPROVED, actor=actor, cause=cause, now=now, held=False)
        if row.amount_minor > row.taken_minor:
            entries.append((row, accounts.approved_entry(bears(row), row.amount_minor - row.taken_minor, now)))
    post(entries, now)
    _tell_frozen(rows, now)


def _tell_frozen(rows: Sequence[Reward], now: datetime) -> None:
    """One piece of news for each beneficiary of an order."""
    for order_id, beneficiary in sorted({(row.order_id, row.beneficiary) for row in rows}):
        own = [row for row in rows if (row.order_id, row.beneficiary) == (order_id, beneficiary)]
        minor, until = sum(row.amount_minor - row.taken_minor for row in own), max(row.frozen_until for row in own)
        if not minor and own[0].kind == states.BALANCE:
            continue
        event = RewardFrozen(order_id, beneficiary, own[0].kind, minor, own[0].currency, until.isoformat())
        publish(shop_id=own[0].shop_id, event=event, cause=("orders.order", order_id), now=now)


def tell_back(gone: Sequence[tuple[Reward, int, int]], why: str, now: datetime) -> None:
    """The same of what goes back: (row, so much of it, of that owed)."""
    for order_id, beneficiary in sorted({(row.order_id, row.beneficiary) for row, _minor, _owed in gone}):
        own = [one for one in gone if (one[0].order_id, one[0].beneficiary) == (order_id, beneficiary)]
        first, minor, owed = own[0][0], sum(one[1] for one in own), sum(one[2] for one in own)
        event = RewardTakenBack(order_id, beneficiary, first.kind, why, minor, owed, first.currency)
        publish(shop_id=first.shop_id, event=event, cause=("orders.order", order_id), now=now)


def reject(rows: Sequence[Reward], *, actor: str, cause: str, why: str, now: datetime) -> None:
    """Pending and approved ones were never earned; what is in the books of them leaves."""
    entries = []
    told = [(row, row.amount_minor - row.taken_minor, 0) for row in rows if row.state == states.APPROVED]
    for row in rows:
        left = row.amount_minor - row.taken_minor
        if row.state == states.APPROVED and left:
            entries.append((row, accounts.unpaid_back_entry(bears(row), left, until=row.amount_minor, now=now)))
        move(
            row, states.REJECTED, actor=actor, cause=cause, now=now, held=False, why=why[:200],
            taken_minor=row.amount_minor,
        )  # fmt: skip
    post(entries, now)
    tell_back(told, "rejected", now)


def judged(rows: Sequence[Reward], found: scoring.Score, terms: Terms, *, inviter: UUID, now: datetime) -> str:
    """What a score means for rewards of one order that are locked and pending or approved; what was done."""
    said = scoring.verdict(found.points, terms, max((row.cleared for row in rows), default=0))
    for row in rows:
        Reward.objects.filter(shop_id=row.shop_id, id=row.id).update(score=found.points, reasons=list(found.reasons))
    if said == scoring.REJECT:
        # For good only what nobody can say otherwise: the rest of what looks bad is a person's word.
        reject(rows, actor=SYSTEM, cause="score", why=",".join(found.reasons), now=now)
    elif said == scoring.QUEUE:
        queue(rows, found, terms, inviter=inviter, now=now)
    else:
        approve([row for row in rows if row.state == states.PENDING], actor=SYSTEM, cause="score", now=now)
    return said


def queue(rows: Sequence[Reward], found: scoring.Score, terms: Terms, *, inviter: UUID, now: datetime) -> None:
    """They wait for a person; nothing moves them on meanwhile."""
    first = rows[0]
    for row in rows:
        Reward.objects.filter(shop_id=row.shop_id, id=row.id).update(held=True)
        row.held = True
    fresh = Review(
        id=first.order_id, shop_id=first.shop_id, score=found.points, reasons=list(found.reasons), inviter=inviter,
        friend=first.friend, number=first.number, asked_at=now, alone_minor=terms.alone_minor,
    )  # fmt: skip
    known = lock_review(first.shop_id, first.order_id)
    if known is None:
        Review.objects.bulk_create([fresh])
        moves: list[tuple[str | None, str]] = [(None, states.WAITING)]
    elif known.state == states.DONE:
        Review.objects.filter(shop_id=first.shop_id, id=known.id).update(
            state=states.WAITING, score=found.points, reasons=list(found.reasons), asked_at=now, taken_by="",
            taken_until=None, verdict="", reason="", by="", second_by="", decided_at=None, alone=False, amount_minor=0,
        )  # fmt: skip
        moves = [(states.DONE, states.WAITING)]
    else:
        return
    record_history(
        shop_id=first.shop_id, machine=states.REVIEW, subject_id=first.order_id, moves=moves, actor=SYSTEM,
        cause="score", now=now,
    )  # fmt: skip
    event = ReviewNeeded(first.order_id, found.reasons)
    publish(shop_id=first.shop_id, event=event, cause=("orders.order", first.order_id), now=now)


def post(entries: Sequence[tuple[Reward, Entry]], now: datetime) -> None:
    """Book them in one statement a currency: balance rows are locked in the ledger's own order."""
    for currency in sorted({row.currency for row, _entry in entries}):
        own = [entry for row, entry in entries if row.currency == currency]
        ledger.post(shop_id=entries[0][0].shop_id, currency=currency, entries=own, now=now)
