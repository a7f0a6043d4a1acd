"""Send what is due and ask about what is unknown: claims in one transaction, calls side by side outside of any."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final
from uuid import UUID

import structlog
from django.db import connections, transaction

from goodfor.kernel.crypto import DecryptFailed
from goodfor.kernel.outcomes import Outcome, Rejected, Unknown
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.notify import states
from goodfor.notify.mapping import content_of, opened, recipient_of
from goodfor.notify.models import Account, Message
from goodfor.notify.operations.move_message import move_message
from goodfor.notify.operations.settle_message import settle_sent, settle_unknown
from goodfor.notify.providers.base import ACCOUNT, NOT_SENT, UNSUPPORTED, Channel, Letter
from goodfor.notify.providers.base import Account as OpenAccount
from goodfor.notify.providers.http import require_no_transaction
from goodfor.notify.providers.registry import provider_for
from goodfor.notify.schedule import LEASE

_CLAIM: Final = Statement("goodfor.notify", "sql/claim_due.sql")
CALLS_AT_ONCE: Final = 8
#: After so many unanswered calls to one account in a run, the rest of its messages wait for the next.
GIVE_UP_AFTER: Final = 3
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Errand:
    """One thing to do: send a message, or ask about one. `early` is the outcome where no call is needed."""

    row: Message
    asking: bool
    adapter: Channel | None = None
    account: OpenAccount | None = None
    letter: Letter | None = None
    early: Outcome | None = None


def deliver_due(*, now: datetime, limit: int = 64) -> int:
    """All shops; returns how many messages were moved or called about. Never inside a transaction."""
    require_no_transaction()
    with platform_job("send due messages"), transaction.atomic():
        count, due = _claim(now, limit)
        errands = [errand_of(row, asking=row.state == states.UNKNOWN) for row in due]
    _run(errands, now)
    return count


def deliver_one(*, shop_id: UUID, message_id: UUID, now: datetime) -> None:
    """Send one queued message at once, for a test of a channel. Never inside a transaction. Raises MessageNotFound."""
    require_no_transaction()
    with transaction.atomic():
        row = Message.objects.filter(shop_id=shop_id, id=message_id, state=states.QUEUED).first()
        if row is None or not _take(row, now):
            return
        errand = errand_of(row, asking=False)
    _settle(errand, call(errand, now), now)


def _claim(now: datetime, limit: int) -> tuple[int, list[Message]]:
    """Decide for each due row, to be committed before anything is called: how many, and those to call about."""
    held = _CLAIM.rows({"now": now, "limit": limit})
    rows = {
        row.id: row
        for row in Message.objects.filter(shop_id__in={row[0] for row in held}, id__in=[row[1] for row in held])
    }
    due = []
    for _shop_id, message_id, state, expired in held:
        row = rows[message_id]
        if state == states.SENDING:
            # Its process died, or its call outlived the lease: nobody knows. The next round asks.
            move_message(
                row=row, to_state=states.UNKNOWN, cause="lease_ran_out", failure="interrupted", next_try_at=now, now=now
            )
        elif state == states.QUEUED and expired:
            move_message(row=row, to_state=states.EXPIRED, cause="expired", now=now)
        elif state == states.QUEUED:
            _take(row, now)
            due.append(row)
        else:
            Message.objects.filter(shop_id=row.shop_id, id=row.id, state=row.state).update(next_try_at=now + LEASE)
            due.append(row)
    return len(held), due


def _take(row: Message, now: datetime) -> bool:
    attempts = row.attempts + 1
    moved = move_message(
        row=row,
        to_state=states.SENDING,
        cause=f"attempt:{attempts}",
        attempts=attempts,
        tried_at=now,
        next_try_at=now + LEASE,
        now=now,
    )
    row.attempts, row.tried_at = attempts, now
    return moved


def errand_of(row: Message, *, asking: bool) -> Errand:
    """With the account opened: the one that sent it when asking, the current one when sending."""
    accounts = Account.objects.filter(shop_id=row.shop_id, channel=row.channel)
    if asking:
        found = accounts.filter(id=row.account_id).first() if row.account_id else None
    else:
        found = accounts.filter(valid_to__isnull=True, enabled=True).first()
    adapter = provider_for(found.provider) if found else None
    if found is None or adapter is None:
        return Errand(row, asking, early=Rejected(UNSUPPORTED) if asking else Rejected(ACCOUNT))
    try:
        account, (address, name) = opened(found), recipient_of(row)
        content = None if asking else content_of(row)
    except DecryptFailed:
        return Errand(row, asking, early=Rejected(UNSUPPORTED) if asking else Rejected("unreadable"))
    if not asking:
        Message.objects.filter(shop_id=row.shop_id, id=row.id).update(account_id=found.id, provider=found.provider)
        if content is None:
            return Errand(row, asking, early=Rejected("no_content"))
    elif not adapter.can_ask:
        return Errand(row, asking, early=Rejected(UNSUPPORTED))
    letter = Letter(
        id=row.id,
        address=address,
        name=name,
        content=content,
        language=row.language,
        expires_at=row.expires_at,
        tried_at=row.tried_at,
        ref=row.provider_ref,
        urgent=row.secret,
    )
    return Errand(row, asking, adapter, account, letter)


def _run(errands: list[Errand], now: datetime) -> None:
    if not errands:
        return
    silent: dict[UUID, int] = {}
    lock = Lock()

    def work(errand: Errand) -> Outcome:
        key = errand.account.id if errand.account else errand.row.id
        if silent.get(key, 0) >= GIVE_UP_AFTER:
            return Unknown("skipped") if errand.asking else Unknown(NOT_SENT)
        try:
            outcome = call(errand, now)
        finally:
            connections.close_all()
        if isinstance(outcome, Unknown):
            with lock:
                silent[key] = silent.get(key, 0) + 1
        return outcome

    with ThreadPoolExecutor(max_workers=min(CALLS_AT_ONCE, len(errands))) as pool:
        for errand, outcome in zip(errands, pool.map(work, errands), strict=True):
            _settle(errand, outcome, now)


def call(errand: Errand, now: datetime) -> Outcome:
    """Send it, or ask about it, outside of any transaction; never raises."""
    if errand.early is not None or errand.adapter is None or errand.account is None or errand.letter is None:
        return errand.early or Rejected(UNSUPPORTED)
    try:
        if errand.asking:
            return errand.adapter.ask(errand.account, errand.letter, now)
        return errand.adapter.send(errand.account, errand.letter, now)
    except Exception as error:
        # A mistake of ours in one adapter must not stop the others; what it did before is not known.
        log.error("notify_adapter_failed", provider=errand.account.provider, error=type(error).__name__)
        return Unknown("adapter_failed")


def _settle(errand: Errand, outcome: Outcome, now: datetime) -> None:
    row = errand.row
    if errand.asking:
        settle_unknown(shop_id=row.shop_id, message_id=row.id, told=outcome, now=now)
    else:
        can_ask = errand.adapter is not None and errand.adapter.can_ask
        settle_sent(shop_id=row.shop_id, message_id=row.id, outcome=outcome, can_ask=can_ask, now=now)
