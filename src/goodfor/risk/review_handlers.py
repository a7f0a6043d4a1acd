"""News from the engine -> reviews."""

from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.kernel.events import StoredEvent
from goodfor.risk.operations.open_review import open_review
from goodfor.risk.types import Outcome, Scene

#: What a decision's news says of it.
_REVIEW: Final = str(Outcome.REVIEW)


#: The console queues these itself, before it answers, and once for whoever tries again and again.
_QUEUED_BY_FACE: Final = frozenset({str(Scene.STAFF_VIEW), str(Scene.EXPORT)})


def needs_person(event: StoredEvent) -> bool:
    """A review, or a hold that stands for a denial, so that the model learns whether it was right."""
    if event.payload["scene"] in _QUEUED_BY_FACE:
        return False
    return event.payload["outcome"] == _REVIEW or bool(event.payload["sampled"])


def on_act_stopped(event: StoredEvent) -> None:
    """Queue it for a person."""
    told = event.payload
    at: datetime = event.occurred_at
    open_review(
        shop_id=event.shop_id, decision_id=UUID(told["decision_id"]), scene=Scene(told["scene"]), now=at,
        subject=(told["subject_kind"], UUID(told["subject_id"])) if told["subject_id"] else None,
        amount_minor=told["amount_minor"], currency=told["currency"],
    )  # fmt: skip
