"""Ask vendors about the text messages that they have reported on: claims in one transaction, calls outside of any."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.outcomes import Outcome, Rejected, Succeeded
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.notify import states
from goodfor.notify.locks import lock_message
from goodfor.notify.models import Message
from goodfor.notify.operations.deliver_due import call, errand_of
from goodfor.notify.operations.move_message import move_message
from goodfor.notify.providers.base import FOR_NOW, NOT_FOUND, UNSUPPORTED
from goodfor.notify.providers.http import require_no_transaction
from goodfor.notify.schedule import LEASE, next_ask

_CLAIM: Final = Statement("goodfor.notify", "sql/claim_reports.sql")


def ask_reports(*, now: datetime, limit: int = 16) -> int:
    """All shops; returns how many messages were asked about. Never inside a transaction."""
    require_no_transaction()
    with platform_job("ask about reported messages"), transaction.atomic():
        held = _CLAIM.rows({"now": now, "limit": limit})
        errands = []
        for shop_id, message_id in held:
            row = Message.objects.get(shop_id=shop_id, id=message_id)
            Message.objects.filter(shop_id=shop_id, id=message_id).update(report_due_at=now + LEASE)
            errands.append(errand_of(row, asking=True))
    for errand in errands:
        settle_report(shop_id=errand.row.shop_id, message_id=errand.row.id, told=call(errand, now), now=now)
    return len(errands)


@transaction.atomic(savepoint=False)
def settle_report(*, shop_id: UUID, message_id: UUID, told: Outcome, now: datetime) -> None:
    """Write down what the vendor said: delivered, or not delivered and so failed; else it is asked a few times more."""
    row = lock_message(shop_id, message_id)
    if row.state != states.SENT or row.report_due_at is None:
        return
    match told:
        case Succeeded():
            changes: dict[str, Any] = {"delivered_at": now, "report_due_at": None}
        case Rejected(code=code) if code not in FOR_NOW | {NOT_FOUND, UNSUPPORTED}:
            move_message(
                row=row,
                to_state=states.FAILED,
                cause=code,
                failure=code[:64],
                sent_at=None,
                delivered_at=None,
                report_due_at=None,
                now=now,
            )
            return
        case _:
            unable = isinstance(told, Rejected) and told.code == UNSUPPORTED
            asks = row.report_asks + 1
            changes = {"report_asks": asks, "report_due_at": None if unable else next_ask(asks=asks, now=now)}
    Message.objects.filter(shop_id=shop_id, id=message_id, state=states.SENT).update(**changes)
