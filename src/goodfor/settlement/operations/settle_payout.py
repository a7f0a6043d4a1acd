"""Write down how a try to pay went."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.events import publish
from goodfor.kernel.faultpoints import reach
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded
from goodfor.kernel.statemachine import record_history
from goodfor.ledger import queries as ledger
from goodfor.ledger.operations import post, reverse
from goodfor.settlement import accounts, queries, states
from goodfor.settlement.events import PayoutFailed, PayoutSucceeded
from goodfor.settlement.locks import lock_payout
from goodfor.settlement.mapping import payout_view
from goodfor.settlement.models import Statement
from goodfor.settlement.operations.moving import move
from goodfor.settlement.payout_models import Payout
from goodfor.settlement.providers.base import NOT_SENT
from goodfor.settlement.providers.registry import provider_for
from goodfor.settlement.schedule import next_payout_try
from goodfor.settlement.types import PayoutView


def settle_payout(
    *, shop_id: UUID, payout_id: UUID, outcome: Outcome, now: datetime, actor: str = "provider"
) -> PayoutView:
    """Move the payout and its statement by the outcome, book it and send the event.

    A payout that has ended is left as it is. Raises PayoutNotFound.
    """
    with transaction.atomic(savepoint=False):
        statement, row = lock_payout(shop_id, payout_id)
        if row.state not in states.UNFINISHED:
            return payout_view(row)
        before = row.state
        if isinstance(outcome, Succeeded):
            row.state, row.finished_at, row.next_try_at = states.SUCCEEDED, now, None
            row.provider_ref, row.failure = outcome.ref[:80] or row.provider_ref, ""
        elif isinstance(outcome, Rejected):
            row.state, row.finished_at, row.next_try_at = states.FAILED, now, None
            row.failure = outcome.code[:64]
        else:
            _goes_on(row, outcome, now)
        _write(row, before, actor, now)
        if row.state == states.SUCCEEDED:
            _paid(statement, row, actor, now)
        elif row.state == states.FAILED:
            _failed(statement, row, actor, now)
        reach("payouts.settling")
    return payout_view(row)


def _goes_on(row: Payout, outcome: Outcome, now: datetime) -> None:
    if isinstance(outcome, Pending):
        row.state, row.provider_ref = states.REQUESTED, outcome.ref[:80] or row.provider_ref
    elif getattr(outcome, "reason", "") == NOT_SENT and row.state == states.REQUESTED:
        row.state, row.failure = states.CREATED, NOT_SENT
    else:
        row.state, row.failure = states.UNKNOWN, getattr(outcome, "reason", "")[:64]
    # None: asked often enough, a person decides (`resolve_payout`).
    row.next_try_at = next_payout_try(attempts=row.attempts, now=now)


def _write(row: Payout, before: str, actor: str, now: datetime) -> None:
    Payout.objects.filter(shop_id=row.shop_id, id=row.id, state=before).update(
        state=row.state,
        finished_at=row.finished_at,
        next_try_at=row.next_try_at,
        provider_ref=row.provider_ref,
        failure=row.failure,
    )
    if row.state != before:
        record_history(
            shop_id=row.shop_id,
            machine=states.PAYOUT,
            subject_id=row.id,
            moves=[(before, row.state)],
            actor=actor,
            cause=f"attempt:{row.attempts}",
            now=now,
        )


def _paid(statement: Statement, row: Payout, actor: str, now: datetime) -> None:
    move(statement, states.PAID, actor=actor, cause=f"payout:{row.number}", now=now, ended_at=now)
    publish(
        shop_id=row.shop_id,
        event=PayoutSucceeded(
            payout_id=row.id,
            statement_id=row.statement_id,
            party_id=row.party_id,
            number=row.number,
            amount_minor=row.amount_minor,
            currency=row.currency,
        ),
        cause=("settlement.payout", row.id),
        now=now,
    )
    entry = accounts.paid_entry(
        number=row.number,
        payout_id=row.id,
        out_of=_out_of(row),
        amount_minor=row.amount_minor,
        at=now,
    )
    post(shop_id=row.shop_id, currency=row.currency, entries=[entry], now=now)


def _out_of(row: Payout) -> str:
    provider = provider_for(row.way)
    told = provider.ledger_account(row.way) if provider else ""
    return told or accounts.bank(queries.policy(row.shop_id).bank)


def _failed(statement: Statement, row: Payout, actor: str, now: datetime) -> None:
    move(statement, states.APPROVED, actor=actor, cause=f"failed:{row.number}", now=now)
    publish(
        shop_id=row.shop_id,
        event=PayoutFailed(
            payout_id=row.id,
            statement_id=row.statement_id,
            party_id=row.party_id,
            number=row.number,
            amount_minor=row.amount_minor,
            currency=row.currency,
            reason=row.failure,
        ),
        cause=("settlement.payout", row.id),
        now=now,
    )
    named = ledger.transactions_named(row.shop_id, [f"payout:{row.number}"])
    tx_id = next(one.id for one in named if one.reference == f"payout:{row.number}")
    reverse(shop_id=row.shop_id, tx_id=tx_id, reference=f"payout:{row.number}:failed", now=now)
