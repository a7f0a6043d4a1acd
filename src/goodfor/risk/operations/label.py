"""Write down what became known of a decision, or of all decisions about a subject."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.risk import rule_states as states
from goodfor.risk.errors import InvalidLabel, SecondPersonNeeded
from goodfor.risk.keys import clean
from goodfor.risk.operations.review_steps import is_own
from goodfor.risk.review_models import Label

LONGEST_NOTE: Final = 200


@transaction.atomic
def label(
    *, shop_id: UUID, bad: bool, source: str, known_at: datetime, by: str, now: datetime,
    decision_id: UUID | None = None, subject: tuple[str, UUID] | None = None, note: str = "",
) -> UUID:  # fmt: skip
    """One of both is given. Labels are only added: of several the one known last holds.
    Raises InvalidLabel(field), SecondPersonNeeded (somebody's own word about what they did themselves).

    `known_at`: when it could be known, not when it is written; a figure of an earlier day does not see it. `note`: why,
    in somebody's words. The same again (of what, which, from where, why) makes none, so that an event may be heard
    twice.
    """
    if source not in states.SOURCES:
        raise InvalidLabel(field="source")
    if (decision_id is None) == (subject is None):
        raise InvalidLabel(field="subject")
    if known_at > now:
        raise InvalidLabel(field="known_at")
    if source == states.MANUAL and decision_id is not None and is_own(shop_id, decision_id, by):
        raise SecondPersonNeeded
    kind, subject_id = subject or ("", None)
    note = clean(note).strip()[:LONGEST_NOTE]
    held = (
        Label.objects.filter(shop_id=shop_id, decision_id=decision_id, subject_type=kind, subject_id=subject_id)
        .order_by("-known_at", "-id")
        .first()
    )
    if held is not None and (held.bad, held.source, held.note) == (bad, source, note):
        return held.id
    row = Label.objects.create(
        shop_id=shop_id, decision_id=decision_id, subject_type=kind, subject_id=subject_id, bad=bad, source=source,
        known_at=known_at, by=by[:80], note=note,
    )  # fmt: skip
    audit.record(
        shop_id=shop_id, actor=by, action="risk_labelled", subject=("risk_label", row.id),
        data={"bad": bad, "source": source, "of": kind or "decision", "id": str(decision_id or subject_id),
              **({"reason": note} if note else {})},
        now=now,
    )  # fmt: skip
    return row.id
