"""Write down what became of an act."""

from uuid import UUID

from goodfor.kernel.sql import Statement
from goodfor.risk import hot
from goodfor.risk.recording import recording_of
from goodfor.risk.types import Act, Result

_NOTED = Statement("goodfor.risk", "sql/result_noted.sql")


def note(act: Act, result: Result, decision_id: UUID | None = None) -> None:
    """It ended well, or badly: `act` is what was judged, `act.at` when it ended. Joins a transaction of the caller.

    Of one decision there is one result: a second one changes nothing. Raises ValueError for an attempt, which only
    `assess` writes, and the database's errors: a failure that is not counted is one that a guesser has for free.
    """
    if result is Result.ATTEMPT:
        raise ValueError("attempts are written by assess")
    if decision_id is not None and _NOTED.row({"shop": act.shop_id, "decision": decision_id}) is not None:
        return
    recording = recording_of(act, result, decision_id)
    hot.rows("risk.event", recording.text, recording.params)
