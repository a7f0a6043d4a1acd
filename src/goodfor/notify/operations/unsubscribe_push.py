"""Forget browsers: one of an owner's, or all of them."""

from uuid import UUID

from django.db import transaction

from goodfor.notify.mapping import push_index
from goodfor.notify.models import PushSubscription


def unsubscribe_push(*, shop_id: UUID, owner: str, endpoint: str = "") -> int:
    """How many were forgotten; without `endpoint` all of the owner's."""
    with transaction.atomic(savepoint=False):
        rows = PushSubscription.objects.filter(shop_id=shop_id, owner=owner)
        if endpoint:
            rows = rows.filter(endpoint_index=push_index(endpoint))
        return rows.delete()[0]
