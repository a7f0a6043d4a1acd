"""Ask that the plain values of a list may leave as a file."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.ids import uuid7
from goodfor.risk import rule_states as states
from goodfor.risk.errors import InvalidEntry
from goodfor.risk.list_models import ListEntry
from goodfor.risk.operations.list_steps import check_list
from goodfor.risk.operations.rule_steps import alone, close, must_be_able, propose
from goodfor.risk.rule_types import Change


@transaction.atomic
def ask_export(*, shop_id: UUID, kind: str, actor: str, now: datetime, name: str = "", reason: str = "") -> Change:
    """A second person approves, then who asked fetches it within a day; alone one may at once.

    Raises InvalidEntry(field), ListNotFound, Forbidden.
    """
    check_list(shop_id, kind, name)
    if not reason.strip():
        raise InvalidEntry(field="reason")
    must_be_able(shop_id, actor)
    count = ListEntry.objects.filter(shop_id=shop_id, kind=kind, name=name, state=states.ACTIVE).count()
    asked = propose(
        shop_id=shop_id, kind=states.OF_EXPORT, subject_id=uuid7(),
        wanted={"list": kind, "name": name, "count": count}, reason=reason.strip(), actor=actor, now=now,
    )  # fmt: skip
    if not alone(shop_id, actor):
        return Change(False, asked.id)
    close(asked, states.APPROVED, actor=actor, now=now, by_oneself=True)
    return Change(True, asked.id)
