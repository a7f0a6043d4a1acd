"""Switch a scene on or off for an audience by a channel."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7
from goodfor.notify.errors import SceneUnknown
from goodfor.notify.models import Switch
from goodfor.notify.scenes import SCENES


def set_switch(
    *, shop_id: UUID, scene: str, channel: str, audience: str, enabled: bool, actor: str, now: datetime
) -> None:
    """From now on; what is queued stays queued. Raises SceneUnknown where the three do not go together."""
    known = SCENES.get(scene)
    if known is None or audience not in known.audiences or channel not in known.channels(audience):
        raise SceneUnknown(scene=scene, channel=channel, audience=audience)
    with transaction.atomic(savepoint=False):
        Switch.objects.bulk_create(
            [
                Switch(
                    id=uuid7(),
                    shop_id=shop_id,
                    scene=scene,
                    channel=channel,
                    audience=audience,
                    enabled=enabled,
                    changed_at=now,
                )
            ],
            update_conflicts=True,
            unique_fields=["shop_id", "scene", "channel", "audience"],
            update_fields=["enabled", "changed_at"],
        )
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="notify.switch_set",
            subject=("notify.scene", scene),
            data={"channel": channel, "audience": audience, "enabled": enabled},
            now=now,
        )
