"""Orders whose end no mall has told: it is asked, and until it says so they stay open."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.tenancy import platform_job
from goodfor.partners import calling, schedule, states
from goodfor.partners.locks import lock_account, lock_spend
from goodfor.partners.models import Account, Spend
from goodfor.partners.operations.hear_result import end_spend
from goodfor.partners.protocol import NoticeCall

#: A row that was taken is left alone so long.
_LEASE: Final = timedelta(minutes=2)
log = structlog.get_logger(__name__)


def ask_due(*, now: datetime, limit: int = 50) -> int:
    """All shops; how many orders were asked about. Never inside a transaction."""
    require_no_transaction()
    with platform_job("orders that malls are asked about"):
        due = list(Spend.objects.filter(ask_at__lte=now).order_by("ask_at").values_list("shop_id", "id")[:limit])
    for shop_id, spend_id in due:
        try:
            ask_mall(shop_id=shop_id, spend_id=spend_id, now=now)
        except Exception:
            log.exception("partner_question_crashed", spend=str(spend_id))
    return len(due)


def ask_mall(*, shop_id: UUID, spend_id: UUID, now: datetime) -> str:
    """The state after the question. Raises SpendNotFound."""
    with transaction.atomic():
        row = lock_spend(shop_id, spend_id)
        if row.state != states.TAKEN or row.ask_at is None or row.ask_at > now:
            return row.state
        row.ask_at = now + _LEASE
        row.save(update_fields=["ask_at"])
        account = Account.objects.get(shop_id=shop_id, id=row.account_id)
    told = calling.ask_state(account, row.order_num, row.id.hex, now) if account.query_url else None
    with transaction.atomic():
        account = lock_account(shop_id, account.id)
        row = lock_spend(shop_id, spend_id)
        if row.state != states.TAKEN:
            return row.state
        row.questions += 1
        row.ask_at = schedule.next_question(row.questions, now) if account.query_url else None
        row.save(update_fields=["questions", "ask_at"])
        if told is None:
            return row.state
        return end_spend(account, row, NoticeCall(row.order_num, told), cause="question", now=now)
