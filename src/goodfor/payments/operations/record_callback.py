"""Put a callback into the inbox as it came, and read what it claims."""

import hashlib
import re
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from goodfor.kernel.ids import uuid7
from goodfor.payments.errors import AccountNotFound
from goodfor.payments.mapping import opened
from goodfor.payments.models import Account, Inbox, Payment
from goodfor.payments.operations.open_case import open_case
from goodfor.payments.providers.base import Account as OpenAccount
from goodfor.payments.providers.base import NotifyProblem, ParsedNotify, Provider
from goodfor.payments.providers.registry import provider_for
from goodfor.payments.types import CallbackReceipt, RawRequest

log = structlog.get_logger(__name__)

MAX_BODY = 64 * 1024
MAX_QUERY = 8 * 1024
#: At most this many callbacks that prove nothing are kept for an account and minute: a sample, by a unique key.
FORGED_KEPT = 20
_SECRET_FIELD = re.compile(rb"((?:^|&)key=)[^&]*", re.IGNORECASE)
_HEADERS = frozenset({"content-type", "user-agent", "host", "date", "x-forwarded-for", "x-real-ip", "x-request-id"})
_HEADER_PREFIXES = ("wechatpay-", "stripe-", "paypal-", "x-goodfor-")


def record_callback(*, shop_id: UUID, account_id: UUID, raw: RawRequest, now: datetime) -> CallbackReceipt:
    """Verify over the raw bytes and keep them; the row is committed when this returns outside of a transaction.

    A bad signature is kept as a sample with its problem, gives no fact, and is to be answered with `nack`. The same
    event again finds its first row. Raises AccountNotFound.
    """
    row = Account.objects.filter(shop_id=shop_id, id=account_id).first()
    adapter = provider_for(row.provider) if row else None
    if row is None or adapter is None:
        raise AccountNotFound
    account = opened(row)
    answers = adapter.capabilities(account)
    try:
        if len(raw.body) > MAX_BODY or len(raw.query) > MAX_QUERY:
            raise NotifyProblem("too_large")
        parsed = _parsed(adapter, account, raw, now)
    except NotifyProblem as problem:
        inbox_id = _keep_problem(row, raw, problem, now)
        return CallbackReceipt(row.id, inbox_id, False, problem.code, (), answers.ack, answers.nack)
    inbox_id = _keep(row, raw, parsed, now)
    facts = tuple(replace(fact, inbox_id=inbox_id) for fact in parsed.facts)
    return CallbackReceipt(row.id, inbox_id, True, "", facts, answers.ack, answers.nack, parsed.our_ref)


def _parsed(adapter: Provider, account: OpenAccount, raw: RawRequest, now: datetime) -> ParsedNotify:
    """What the callback claims. One that the adapter stumbles over is kept all the same: its bytes tell why."""
    try:
        return adapter.parse_notify(account, raw, now)
    except NotifyProblem:
        raise
    except Exception:
        log.exception("callback_crashed", account=str(account.id))
        raise NotifyProblem("unreadable") from None


def _keep(account: Account, raw: RawRequest, parsed: ParsedNotify, now: datetime) -> UUID:
    with transaction.atomic(savepoint=False):
        inbox = _row(account, raw, now)
        inbox.event_key, inbox.our_ref, inbox.verified = parsed.event_key[:160], parsed.our_ref[:64], True
        # Nothing to apply: nothing to wait for.
        inbox.applied_at = None if parsed.facts else now
        Inbox.objects.bulk_create([inbox], ignore_conflicts=True)
        same = Inbox.objects.filter(shop_id=account.shop_id, account_id=account.id, event_key=inbox.event_key)
        return same.values_list("id", flat=True).get()


def _keep_problem(account: Account, raw: RawRequest, problem: NotifyProblem, now: datetime) -> UUID | None:
    if problem.code == "too_large":
        return None
    digest = hashlib.sha256(b"\n".join([raw.method.encode(), raw.query, raw.body])).digest()
    slot = int.from_bytes(digest[:4], "big") % FORGED_KEPT
    with transaction.atomic(savepoint=False):
        inbox = _row(account, raw, now)
        inbox.event_key = f"unverified:{int(now.timestamp()) // 60}:{slot}"
        inbox.our_ref, inbox.verified, inbox.problem = problem.our_ref[:64], False, problem.code[:64]
        Inbox.objects.bulk_create([inbox], ignore_conflicts=True)
        kept = Inbox.objects.filter(shop_id=account.shop_id, account_id=account.id, id=inbox.id).exists()
        if problem.authentic:
            _open_case(account, problem, now)
    return inbox.id if kept else None


def _open_case(account: Account, problem: NotifyProblem, now: datetime) -> None:
    """One case for each payment of ours that it names, else one a day: a stranger cannot flood the list."""
    payment = Payment.objects.filter(shop_id=account.shop_id, number=problem.our_ref).first()
    about = payment.number if payment else f"{now:%Y-%m-%d}"
    open_case(
        shop_id=account.shop_id,
        kind="foreign" if problem.code == "foreign_merchant" else "tampered",
        business_key=f"{problem.code}:{account.id}:{about}",
        payment_id=payment.id if payment else None,
        detail={"problem": problem.code, "our_ref": problem.our_ref, "account": account.code},
        now=now,
    )


def _row(account: Account, raw: RawRequest, now: datetime) -> Inbox:
    headers = {
        _clean(name.lower(), 64): _clean(value, 512)
        for name, value in list(raw.headers.items())[:100]
        if name.lower() in _HEADERS or name.lower().startswith(_HEADER_PREFIXES)
    }
    return Inbox(
        id=uuid7(),
        shop_id=account.shop_id,
        account_id=account.id,
        provider=account.provider,
        method=_clean(raw.method, 8),
        path=_clean(raw.path, 512),
        query=_SECRET_FIELD.sub(rb"\1[removed]", raw.query),
        headers=headers,
        body=_SECRET_FIELD.sub(rb"\1[removed]", raw.body),
        received_at=now,
    )


def _clean(text: str, limit: int) -> str:
    return "".join(c for c in text if c.isprintable())[:limit]
