"""Tell a person something once more in today's words, because the staff ask for it; never with card codes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.notify.errors import NotTold
from goodfor.notify.operations.resend_message import again, check_resends
from goodfor.notify.operations.send import send
from goodfor.notify.types import Queued, Recipient


@transaction.atomic(savepoint=False)
def tell_again(
    *,
    shop_id: UUID,
    scene: str,
    audience: str,
    subject: str,
    about_id: UUID,
    recipients: Sequence[Recipient],
    context: Mapping[str, Any],
    language: str,
    actor: str,
    now: datetime,
) -> Queued:
    """As `send`, under a business key of its own. Lines of `context` must hold no codes.

    Raises SceneUnknown, TooManyResends, NotTold with `reasons` (channel, reason) where no channel carries it.
    """
    if any(line.get("codes") for line in context.get("lines", ())):
        raise ValueError("codes are shown by their owner's order page alone")
    check_resends(shop_id=shop_id, subject=subject, now=now)
    queued = send(
        shop_id=shop_id,
        scene=scene,
        audience=audience,
        subject=again(subject),
        recipients=recipients,
        context=context,
        language=language,
        now=now,
        about_id=about_id,
    )
    if not queued.message_ids:
        raise NotTold(reasons=[list(pair) for pair in queued.skipped])
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="notify.told_again",
        subject=("notify.message", queued.message_ids[0]),
        data={"scene": scene, "about": str(about_id), "messages": len(queued.message_ids)},
        now=now,
    )
    return queued
