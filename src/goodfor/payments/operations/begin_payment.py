"""Begin a payment by a channel: one attempt, one number, and what the buyer does next."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.faultpoints import reach
from goodfor.kernel.ids import order_number, uuid7
from goodfor.kernel.money import Money
from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.outcomes import Outcome, Rejected, Succeeded
from goodfor.kernel.statemachine import record_history
from goodfor.payments import queries, states
from goodfor.payments.errors import (
    AccountNotFound,
    AlreadyPaid,
    ChannelRejected,
    ChannelUnavailable,
    ExposureExceeded,
    MethodNotEnabled,
    PaymentExpired,
)
from goodfor.payments.mapping import attempt_of, opened, payment_view
from goodfor.payments.models import Account, Payment
from goodfor.payments.operations.note_call import note_call
from goodfor.payments.providers.base import Attempt, instruction_of
from goodfor.payments.providers.registry import provider_for, splitter
from goodfor.payments.providers.splits import share_out_at
from goodfor.payments.schedule import next_late_poll, next_poll
from goodfor.payments.types import Begun, Instruction


@dataclass(frozen=True, slots=True)
class PayerRequest:
    """What the channel wants to know besides the money. `subject` is shown to the buyer there: no secrets."""

    subject: str
    notify_url: str
    return_url: str
    client_ip: str = ""
    device: str = ""
    payer: str = ""


def begin_payment(
    *,
    shop_id: UUID,
    account_id: UUID,
    method: str,
    source_type: str,
    source_id: UUID,
    amount: Money,
    request: PayerRequest,
    expires_at: datetime,
    now: datetime,
    actor: str = "buyer",
) -> Begun:
    """Make or take up the open attempt of this source by this account, method and amount. Never inside a transaction.

    Raises AccountNotFound, MethodNotEnabled, PaymentExpired, AlreadyPaid, ExposureExceeded, ChannelRejected (the
    attempt has failed) and ChannelUnavailable (try again: the same attempt with the same number is taken up).
    """
    require_no_transaction()
    account = _usable_account(shop_id, account_id, amount, method, now)
    if expires_at <= now:
        raise PaymentExpired
    with transaction.atomic():
        row = _open_attempt(account, method, source_type, source_id, amount, request.payer, now)
        if row is None:
            row = _insert(account, method, source_type, source_id, amount, request, expires_at, now, actor)
    if row.state == states.PENDING and row.instruction is not None:
        return Begun(payment_view(row), Instruction.from_json(row.instruction))
    reach("payments.inserted")
    outcome = _create(account, attempt_of(row), now)
    reach("payments.created")
    if not isinstance(outcome, Rejected) and not _made_here(account):
        note_call(shop_id=shop_id, account_id=account.id, answered=isinstance(outcome, Succeeded), now=now)
    if isinstance(outcome, Succeeded):
        return _pending(account, row, outcome, now, actor)
    if isinstance(outcome, Rejected):
        _failed(row, outcome, now)
        raise ChannelRejected(reason=outcome.code)
    raise ChannelUnavailable(number=row.number)


def _usable_account(shop_id: UUID, account_id: UUID, amount: Money, method: str, now: datetime) -> Account:
    row = Account.objects.filter(
        shop_id=shop_id, id=account_id, enabled=True, valid_to__isnull=True, valid_from__lte=now
    ).first()
    if row is None or row.currency != amount.currency:
        raise AccountNotFound
    if method not in row.methods:
        raise MethodNotEnabled
    limit = row.exposure_limit_minor
    if limit is not None and queries.exposure(shop_id, account_id) + amount.amount_minor > limit:
        raise ExposureExceeded
    return row


def _open_attempt(
    account: Account, method: str, source_type: str, source_id: UUID, amount: Money, payer: str, now: datetime
) -> Payment | None:
    """One that was made for somebody else by name is not his: the channel would refuse it."""
    attempts = Payment.objects.filter(shop_id=account.shop_id, source_type=source_type, source_id=source_id)
    if attempts.filter(settles=True).exists():
        raise AlreadyPaid
    if payer:
        attempts = attempts.filter(request__payer=payer)
    return (
        attempts.filter(
            account_id=account.id,
            method=method,
            amount_minor=amount.amount_minor,
            currency=amount.currency,
            state__in=states.PAYABLE,
            expires_at__gt=now,
        )
        .order_by("-id")
        .first()
    )


def _insert(
    account: Account,
    method: str,
    source_type: str,
    source_id: UUID,
    amount: Money,
    request: PayerRequest,
    expires_at: datetime,
    now: datetime,
    actor: str,
) -> Payment:
    row = Payment.objects.create(
        id=uuid7(),
        shop_id=account.shop_id,
        account_id=account.id,
        provider=account.provider,
        account_code=account.code,
        number="P" + order_number(now)[1:],
        source_type=source_type,
        source_id=source_id,
        amount_minor=amount.amount_minor,
        currency=amount.currency,
        method=method,
        request={
            "subject": request.subject[:200],
            "notify_url": request.notify_url,
            "return_url": request.return_url,
            "client_ip": request.client_ip,
            "device": request.device,
            "payer": request.payer,
        }
        | _freezing(account, method, now),
        expires_at=expires_at,
        created_at=now,
        # From the first moment: the call may reach the channel and this process may die before it is noted.
        next_poll_at=next_poll(polled=0, now=now, expires_at=expires_at),
    )
    _history(row, [(None, states.CREATED)], actor, now)
    return row


def _freezing(account: Account, method: str, now: datetime) -> dict[str, dict[str, int]]:
    """How the channel will keep this payment frozen, as its account says at this moment; nothing where it does not."""
    adapter, splits = provider_for(account.provider), splitter(account.provider)
    if adapter is None or splits is None:
        return {}
    with_secrets = opened(account)
    if method not in adapter.capabilities(with_secrets).freezes:
        return {}
    limits = splits.split_limits(with_secrets)
    hold = share_out_at(with_secrets, limits, now) - now
    percent = 100 if limits.percent_of_payment is None else limits.percent_of_payment
    return {"frozen": {"hold": int(hold.total_seconds()), "days": limits.days, "percent": percent}}


def _create(account: Account, attempt: Attempt, now: datetime) -> Outcome:
    adapter = provider_for(account.provider)
    if adapter is None:
        raise AccountNotFound
    return adapter.create(opened(account), attempt, now)


def _made_here(account: Account) -> bool:
    """True where the instruction is made without a call: that says nothing about the channel."""
    adapter = provider_for(account.provider)
    can = adapter.capabilities(opened(account)) if adapter else None
    return can is None or can.local_create or can.in_process


def _pending(account: Account, row: Payment, outcome: Succeeded, now: datetime, actor: str) -> Begun:
    adapter = provider_for(account.provider)
    instruction = instruction_of(outcome)
    keep = adapter is not None and not adapter.capabilities(opened(account)).local_create
    with transaction.atomic():
        moved = Payment.objects.filter(shop_id=row.shop_id, id=row.id, state=states.CREATED).update(
            state=states.PENDING,
            pending_at=now,
            channel_ref=outcome.ref,
            # A link that we make ourselves is made anew each time: its signature has a time in it.
            instruction=instruction.to_json() if keep else None,
        )
        if moved:
            _history(row, [(states.CREATED, states.PENDING)], actor, now)
    # Not moved: the notify was faster, or it was closed meanwhile; the row says which.
    return Begun(queries.payment(row.shop_id, row.id), instruction)


def _failed(row: Payment, outcome: Rejected, now: datetime) -> None:
    with transaction.atomic():
        moved = Payment.objects.filter(shop_id=row.shop_id, id=row.id, state=states.CREATED).update(
            state=states.FAILED,
            failure=outcome.code[:64],
            closed_at=now,
            poll_count=0,
            # A refusal proves nothing: an earlier call whose reply was lost may have opened the trade.
            next_poll_at=next_late_poll(polled=0, now=now),
        )
        if moved:
            _history(row, [(states.CREATED, states.FAILED)], "channel", now)


def _history(row: Payment, moves: list[tuple[str | None, str]], actor: str, now: datetime) -> None:
    record_history(
        shop_id=row.shop_id,
        machine=states.PAYMENT,
        subject_id=row.id,
        moves=moves,
        actor=actor,
        cause=f"{row.source_type}:{row.source_id}",
        now=now,
    )
