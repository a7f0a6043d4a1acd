"""A vendor reports on text messages: note which, so that it is asked about them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from goodfor.notify import states
from goodfor.notify.errors import ChannelAccountNotFound
from goodfor.notify.models import Account, Message
from goodfor.notify.reports import FORMS, is_report_token, read_reports


def note_reports(*, shop_id: UUID, account_id: UUID, token: str, body: bytes, now: datetime) -> tuple[int, str]:
    """(how many messages are to be asked about, what the vendor wants to hear). Nothing in the report is believed.

    Raises ChannelAccountNotFound for an unknown account, a vendor without reports and a wrong token alike.
    """
    if not is_report_token(shop_id, account_id, token):
        raise ChannelAccountNotFound
    account = Account.objects.filter(shop_id=shop_id, id=account_id).first()
    if account is None or account.provider not in FORMS:
        raise ChannelAccountNotFound
    ours, theirs = read_reports(account.provider, body)
    with transaction.atomic(savepoint=False):
        count = Message.objects.filter(
            Q(id__in=ours) | Q(provider_ref__in=theirs),
            shop_id=shop_id,
            account_id=account_id,
            state=states.SENT,
            delivered_at__isnull=True,
            report_due_at__isnull=True,
        ).update(report_due_at=now, report_asks=0)
    return count, FORMS[account.provider].reply
