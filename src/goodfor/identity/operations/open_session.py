"""Let a browser in: a step of every sign-in, in its caller's transaction."""

from datetime import datetime, timedelta
from uuid import UUID

from goodfor.identity.buyer_models import BuyerSession, BuyerSignin
from goodfor.identity.events import BuyerJoined
from goodfor.identity.operations.note_change import note_change
from goodfor.identity.types import NewSession, Visitor
from goodfor.identity.visitors import address_hash, looks_like_token
from goodfor.kernel import audit
from goodfor.kernel.events import publish
from goodfor.kernel.ids import hash_token, secret_token, uuid7
from goodfor.kernel.sql import Statement

LIFETIME = timedelta(days=180)
_TOUCH_DEVICE = Statement("goodfor.identity", "sql/touch_device.sql")


def open_session(
    *, shop_id: UUID, buyer_id: UUID, method: str, visitor: Visitor, replaces: str, created: bool, now: datetime
) -> NewSession:
    """A session with new tokens; the one that this browser came with (`replaces`) is over, whosever it was.

    The first time in a browser that is new to an older account leaves a notice for its owner.
    """
    if looks_like_token(replaces):
        old = BuyerSession.objects.filter(shop_id=shop_id, token_hash=hash_token(replaces), revoked_at__isnull=True)
        old.update(revoked_at=now)
    device = visitor.device if looks_like_token(visitor.device) else secret_token(32)
    row = _TOUCH_DEVICE.row(
        {
            "id": uuid7(),
            "shop_id": shop_id,
            "buyer_id": buyer_id,
            "device_hash": hash_token(device),
            "label": visitor.label[:60],
            "now": now,
        }
    )
    token = secret_token(32)
    session = BuyerSession.objects.create(
        shop_id=shop_id,
        buyer_id=buyer_id,
        token_hash=hash_token(token),
        device_hash=hash_token(device),
        label=visitor.label[:60],
        method=method,
        created_at=now,
        last_seen_at=now,
        expires_at=now + LIFETIME,
        proved_at=now,
    )
    BuyerSignin.objects.create(
        shop_id=shop_id,
        buyer_id=buyer_id,
        at=now,
        method=method,
        ok=True,
        label=visitor.label[:60],
        address_hash=address_hash(visitor),
    )
    if row and row[0] and not created:
        note_change(shop_id=shop_id, buyer_id=buyer_id, kind="new_device", data={"label": visitor.label[:60]}, now=now)
    if created:
        publish(shop_id=shop_id, event=BuyerJoined(buyer_id), now=now, cause=("buyer", buyer_id))
    audit.record(
        shop_id=shop_id,
        actor=f"buyer:{buyer_id}",
        action="identity.buyer_signed_up" if created else "identity.buyer_signed_in",
        subject=("buyer", buyer_id),
        data={"method": method, "session": str(session.id)},
        now=now,
    )
    return NewSession(buyer_id, session.id, token, device, created)
