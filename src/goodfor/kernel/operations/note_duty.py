"""Note a run of a loop."""

from datetime import datetime

from goodfor.kernel.sql import Statement

_NOTE = Statement("goodfor.kernel", "sql/duty_note.sql")


def note_duty(*, name: str, worked: bool, error: str, now: datetime) -> None:
    """`error` is empty after a run that went well, else what `faults.brief` says."""
    _NOTE.run({"name": name, "worked": worked, "error": error, "now": now})
