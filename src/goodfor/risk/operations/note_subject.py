"""Write down what became of an act that was judged a while ago, heard of by what it was about."""

from datetime import datetime
from uuid import UUID

from goodfor.kernel.sql import Statement
from goodfor.risk.types import SCENE_NUMBERS, Result, Scene

_NOTE = Statement("goodfor.risk", "sql/note_subject.sql")


def note_subject(
    *, shop_id: UUID, scene: Scene, subject: tuple[str, UUID], result: Result, at: datetime
) -> UUID | None:  # fmt: skip
    """Of the latest attempt of `scene` about `subject`, under its keys; the decision, or None where nothing is new.

    Joins a transaction of the caller. Of one decision there is one result. Raises ValueError for an attempt.
    """
    if result is Result.ATTEMPT:
        raise ValueError("attempts are written by assess")
    row = _NOTE.row({
        "shop": shop_id, "kind": subject[0], "subject": subject[1], "scene": SCENE_NUMBERS[scene],
        "result": int(result), "at": at,
    })  # fmt: skip
    return None if row is None else UUID(str(row[0]))
