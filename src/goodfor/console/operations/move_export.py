"""An export goes on: begun, so far, done, failed, gone."""

from datetime import datetime
from uuid import UUID

from goodfor.console import states
from goodfor.console.models import Export


def move_export(*, shop_id: UUID, export_id: UUID, from_state: str, to_state: str, now: datetime) -> bool:
    """Change its state if it still is `from_state`; False when somebody else did. Raises IllegalTransition."""
    states.EXPORT.check(from_state, to_state)
    rows = Export.objects.filter(shop_id=shop_id, id=export_id, state=from_state)
    if to_state in (states.DONE, states.FAILED):
        return rows.update(state=to_state, finished_at=now) == 1
    return rows.update(state=to_state) == 1


def note_export(*, shop_id: UUID, export_id: UUID, rows: int, size_bytes: int = 0) -> None:
    """How many rows are written by now, and, at the end, how large the file is."""
    Export.objects.filter(shop_id=shop_id, id=export_id).update(rows=rows, size_bytes=size_bytes)
