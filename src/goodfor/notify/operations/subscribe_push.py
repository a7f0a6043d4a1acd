"""Keep a browser's push subscription."""

import base64
import binascii
import json
from datetime import datetime
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction

from goodfor.kernel.crypto import keyring
from goodfor.kernel.ids import uuid7
from goodfor.notify.errors import PushSubscriptionInvalid
from goodfor.notify.mapping import push_aad, push_index
from goodfor.notify.models import PushSubscription
from goodfor.notify.providers.http import is_allowed
from goodfor.notify.providers.webpush.adapter import HOSTS

MAX_ENDPOINT: Final = 1000
MAX_PER_OWNER: Final = 10


def subscribe_push(*, shop_id: UUID, owner: str, endpoint: str, p256dh: str, auth: str, now: datetime) -> UUID:
    """`endpoint`, `p256dh` and `auth` as the browser gave them; `owner` ("buyer:<ref>") is who is to be reached.

    A browser that comes again is moved to the new owner, so that nobody reads what is meant for who was signed in
    before. The oldest beyond ten an owner go. Raises PushSubscriptionInvalid.
    """
    if not 0 < len(owner) <= 80 or len(endpoint) > MAX_ENDPOINT or not is_allowed(endpoint, HOSTS):
        raise PushSubscriptionInvalid(field="endpoint")
    try:
        point, secret = _decoded(p256dh), _decoded(auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except (ValueError, binascii.Error):
        raise PushSubscriptionInvalid(field="p256dh") from None
    if len(secret) != 16 or len(point) != 65:
        raise PushSubscriptionInvalid(field="auth")
    subscription_id = uuid7()
    with transaction.atomic(savepoint=False):
        PushSubscription.objects.filter(shop_id=shop_id, endpoint_index=push_index(endpoint)).delete()
        sealed = keyring().seal(json.dumps([endpoint, p256dh, auth]).encode(), push_aad(shop_id, subscription_id))
        PushSubscription.objects.create(
            id=subscription_id,
            shop_id=shop_id,
            owner=owner,
            endpoint_index=push_index(endpoint),
            key_id=sealed.key_id,
            blob=sealed.blob,
            created_at=now,
        )
        owned = PushSubscription.objects.filter(shop_id=shop_id, owner=owner).order_by("-id")
        old = list(owned.values_list("id", flat=True)[MAX_PER_OWNER:])
        PushSubscription.objects.filter(shop_id=shop_id, id__in=old).delete()
    return subscription_id


def _decoded(text: str) -> bytes:
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
