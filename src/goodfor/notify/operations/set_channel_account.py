"""Switch a channel on or off."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.notify.errors import ChannelAccountNotFound
from goodfor.notify.models import Account


def set_channel_account(*, shop_id: UUID, channel: str, enabled: bool, actor: str, now: datetime) -> None:
    """Messages of a channel that is off are not queued; queued ones wait and are tried slowly until it is on.

    Raises ChannelAccountNotFound.
    """
    with transaction.atomic(savepoint=False):
        current = Account.objects.filter(shop_id=shop_id, channel=channel, valid_to__isnull=True)
        if not current.update(enabled=enabled):
            raise ChannelAccountNotFound
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="notify.account_switched",
            subject=("notify.channel", channel),
            data={"enabled": enabled},
            now=now,
        )
