"""From rows to what settlement tells."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from goodfor.settlement.models import Policy, Statement
from goodfor.settlement.payout_models import Payout, PayoutFile
from goodfor.settlement.types import KindTotal, PayoutFileView, PayoutView, PolicyView, StatementView

#: From 10,000.00 on two persons approve, unless the shop says otherwise.
TWO_FROM_MINOR = 1_000_000
#: Whoever raises the limit cannot use that on the same day.
LOOSER_AFTER = timedelta(hours=24)


def statement_view(row: Statement, approvals: Sequence[str] = ()) -> StatementView:
    """A statement; `approvals`: who approved in the present round."""
    return StatementView(
        id=row.id,
        shop_id=row.shop_id,
        number=row.number,
        party_id=row.party_id,
        party_kind=row.party_kind,
        party_code=row.party_code,
        party_name=row.party_name,
        currency=row.currency,
        cycle=row.cycle,
        confirmation=row.confirmation,
        version=row.version,
        replaces_id=row.replaces_id,
        cutoff=row.cutoff,
        first_at=row.first_at,
        due_on=row.due_on,
        item_count=row.item_count,
        items_minor=row.items_minor,
        carry_minor=row.carry_minor,
        held_minor=row.held_minor,
        payable_minor=row.payable_minor,
        min_payout_minor=row.min_payout_minor,
        accounts=row.accounts,
        kinds=tuple(KindTotal(*one) for one in row.kinds),
        content_hash=bytes(row.content_hash),
        state=row.state,
        approvals_needed=row.approvals_needed,
        approvals=tuple(approvals),
        made_at=row.made_at,
        confirmed_at=row.confirmed_at,
        confirmed_by=row.confirmed_by,
        approved_at=row.approved_at,
        ended_at=row.ended_at,
        reason=row.reason,
    )


def payout_view(row: Payout) -> PayoutView:
    """A payout."""
    return PayoutView(
        id=row.id,
        number=row.number,
        statement_id=row.statement_id,
        party_id=row.party_id,
        amount_minor=row.amount_minor,
        currency=row.currency,
        way=row.way,
        file_id=row.file_id,
        bank_tail=row.bank_tail,
        state=row.state,
        attempts=row.attempts,
        provider_ref=row.provider_ref,
        failure=row.failure,
        started_at=row.started_at,
        started_by=row.started_by,
        finished_at=row.finished_at,
    )


def file_view(row: PayoutFile) -> PayoutFileView:
    """A file for the bank."""
    return PayoutFileView(
        id=row.id,
        number=row.number,
        bank_format=row.bank_format,
        count=row.count,
        total_minor=row.total_minor,
        currency=row.currency,
        sha256=bytes(row.sha256),
        made_at=row.made_at,
        made_by=row.made_by,
    )


def two_from(row: Policy | None, now: datetime) -> int:
    """From what sum two persons approve: a limit that was raised is not in force before a day has passed."""
    if row is None:
        return TWO_FROM_MINOR
    if row.two_from_before is None or now >= row.changed_at + LOOSER_AFTER:
        return row.two_from_minor
    return min(row.two_from_minor, row.two_from_before)


def policy_view(row: Policy | None) -> PolicyView:
    """How a shop settles; the defaults without a row."""
    if row is None:
        return PolicyView(TWO_FROM_MINOR, "main", "", "", "")
    return PolicyView(row.two_from_minor, row.bank, row.payer_bank, row.payer_name, row.payer_account)
