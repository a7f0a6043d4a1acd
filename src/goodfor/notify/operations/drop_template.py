"""Go back to the template that ships with Goodfor."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.notify import queries
from goodfor.notify.models import Template
from goodfor.notify.types import TemplateView


def drop_template(*, shop_id: UUID, scene: str, channel: str, language: str, actor: str, now: datetime) -> TemplateView:
    """The shop's own version ends now; it stays in the history. Raises SceneUnknown."""
    before = queries.template(shop_id, scene, channel, language)
    with transaction.atomic(savepoint=False):
        ended = Template.objects.filter(
            shop_id=shop_id, scene=scene, channel=channel, language=language, valid_to__isnull=True
        ).update(valid_to=now)
        if ended:
            audit.record(
                shop_id=shop_id,
                actor=actor,
                action="notify.template_dropped",
                subject=("notify.scene", scene),
                data={"channel": channel, "language": language, "version": before.version},
                now=now,
            )
    return queries.template(shop_id, scene, channel, language)
