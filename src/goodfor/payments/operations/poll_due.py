"""Ask the channels about payments whose time has come: calls side by side, writes one after the other."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from goodfor.kernel.crypto import DecryptFailed
from goodfor.kernel.faultpoints import reach
from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.outcomes import Outcome, Rejected, Succeeded, Unknown
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.payments import states
from goodfor.payments.mapping import attempt_of, opened
from goodfor.payments.models import Account, Payment
from goodfor.payments.operations.close_payment import PATIENCE, close_and_ask, close_locally
from goodfor.payments.operations.open_case import open_case
from goodfor.payments.operations.record_fact import record_fact
from goodfor.payments.providers.base import Account as OpenAccount
from goodfor.payments.providers.base import Provider, fact_of
from goodfor.payments.providers.registry import provider_for
from goodfor.payments.schedule import LEASE, next_late_poll, next_poll

log = structlog.get_logger(__name__)

_CLAIM: Final = Statement("goodfor.payments", "sql/claim_polls.sql")
CALLS_AT_ONCE: Final = 8
#: After so many unanswered calls to one account in a run, the rest of its payments wait for the next.
GIVE_UP_AFTER: Final = 3
SKIPPED: Final = Unknown("skipped")
FACT_WAIT: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class _Question:
    row: Payment
    adapter: Provider
    account: OpenAccount
    closing: bool


def poll_due(*, now: datetime, limit: int = 64) -> int:
    """Ask about up to `limit` payments of all shops; returns how many. Never inside a transaction.

    Money found becomes a fact with the event `FactRecorded`. Expired payments are closed at the channel first.
    """
    require_no_transaction()
    with platform_job("poll payments"), transaction.atomic():
        claimed = _CLAIM.rows({"now": now, "limit": limit, "lease": now + LEASE})
    reach("polls.claimed")
    questions = [q for shop_id, payment_id in claimed if (q := _question(shop_id, payment_id, now))]
    for question, outcome in _ask_all(questions, now):
        reach("polls.asked")
        try:
            _note(question, outcome, now)
        except Exception:
            # The others of the run are not to wait for one that cannot be noted: its lease ends, it is asked again.
            log.exception("poll_not_noted", payment=str(question.row.id), provider=question.row.provider)
    return len(claimed)


def _question(shop_id: UUID, payment_id: UUID, now: datetime) -> _Question | None:
    row = Payment.objects.get(shop_id=shop_id, id=payment_id)
    account = Account.objects.filter(shop_id=shop_id, id=row.account_id).first()
    adapter = provider_for(row.provider)
    if account is None or adapter is None:
        return None
    closing = row.state in states.PAYABLE and row.expires_at is not None and row.expires_at <= now
    try:
        return _Question(row, adapter, opened(account), closing)
    except DecryptFailed:
        # One account that cannot be opened must not keep the others from being asked; its lease runs on.
        return None


def _ask_all(questions: list[_Question], now: datetime) -> Iterator[tuple[_Question, Outcome]]:
    inside = [q for q in questions if q.adapter.capabilities(q.account).in_process]
    outside = [q for q in questions if not q.adapter.capabilities(q.account).in_process]
    # An adapter without a network uses the database: it stays on this thread and its connection.
    yield from ((q, _ask(q, now)) for q in inside)
    if outside:
        yield from zip(outside, _ask_outside(outside, now), strict=True)


def _ask_outside(questions: list[_Question], now: datetime) -> Iterable[Outcome]:
    silent: dict[UUID, int] = {}
    lock = Lock()

    def ask(question: _Question) -> Outcome:
        account_id = question.account.id
        if silent.get(account_id, 0) >= GIVE_UP_AFTER:
            return SKIPPED
        outcome = _ask(question, now)
        if isinstance(outcome, Unknown):
            with lock:
                silent[account_id] = silent.get(account_id, 0) + 1
        return outcome

    with ThreadPoolExecutor(max_workers=min(CALLS_AT_ONCE, len(questions))) as pool:
        return list(pool.map(ask, questions))


def _ask(question: _Question, now: datetime) -> Outcome:
    """What the channel says; an adapter that stumbles over a reply has learnt nothing, and stops nobody else."""
    try:
        attempt = attempt_of(question.row)
        if question.closing:
            return close_and_ask(question.adapter, question.account, attempt, now)
        return question.adapter.query(question.account, attempt, now)
    except Exception:
        log.exception("poll_crashed", payment=str(question.row.id), provider=question.row.provider)
        return Unknown("crashed")


def _note(question: _Question, outcome: Outcome, now: datetime) -> None:
    row = question.row
    if isinstance(outcome, Succeeded):
        recorded = record_fact(shop_id=row.shop_id, fact=fact_of(outcome), now=now)
        # Not applied yet: the listener of the event will; look again until it has.
        _schedule(row, None if recorded.outcome else now + FACT_WAIT)
        return
    if isinstance(outcome, Rejected) and outcome.code == "refunded":
        _note_refunded_outside(row, now)
    if row.state in states.PAYABLE and _is_over(question, outcome, now):
        close_locally(row, now=now, actor="system")
        return
    if row.state in states.PAYABLE:
        _schedule(row, next_poll(polled=row.poll_count, now=now, expires_at=_still_ahead(row, now)))
    else:
        _schedule(row, next_late_poll(polled=row.poll_count, now=now))


def _is_over(question: _Question, outcome: Outcome, now: datetime) -> bool:
    if isinstance(outcome, Rejected) and outcome.code == "closed":
        return True
    if not question.closing:
        return False
    expires_at = question.row.expires_at
    return not isinstance(outcome, Unknown) or (expires_at is not None and now > expires_at + PATIENCE)


def _still_ahead(row: Payment, now: datetime) -> datetime | None:
    return row.expires_at if row.expires_at is not None and row.expires_at > now else None


def _schedule(row: Payment, at: datetime | None) -> None:
    """Unless the payment was moved meanwhile: then whoever moved it has said when to ask, if ever."""
    with transaction.atomic():
        Payment.objects.filter(shop_id=row.shop_id, id=row.id, state=row.state).update(next_poll_at=at)


def _note_refunded_outside(row: Payment, now: datetime) -> None:
    with transaction.atomic():
        open_case(
            shop_id=row.shop_id,
            kind="refunded_outside",
            business_key=f"payment:{row.id}",
            payment_id=row.id,
            detail={"our_ref": row.number, "amount_minor": row.amount_minor},
            now=now,
        )
