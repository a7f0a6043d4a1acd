"""What the worker does for lists: writing exports, doing batches. Called by the loops of `tasks`."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qsl
from uuid import UUID

import structlog
from django.conf import settings
from django.utils import translation

from goodfor.console import states
from goodfor.console.listing import asked
from goodfor.console.listing.cells import file_value
from goodfor.console.listing.files import Value, write_csv, write_xlsx
from goodfor.console.listing.spec import REGISTRY, Column, Listing
from goodfor.console.operations.do_batch_item import do_batch_item
from goodfor.console.operations.move_export import move_export, note_export
from goodfor.console.types import Visitor
from goodfor.identity import queries as identity
from goodfor.kernel.clock import utc_now

log = structlog.get_logger(__name__)


def export_path(export_id: UUID, file_format: str) -> Path:
    """Where the file of an export lies: a name that nobody chose."""
    return Path(settings.DATA_DIR) / "exports" / f"{export_id}.{file_format}"


def staff_visitor(shop_id: UUID, staff_id: UUID, now: datetime) -> Visitor | None:
    """Somebody of the shop as a visitor, for work that goes on without them; None if they were let go."""
    staff = next((one for one in identity.staff_of_shop(shop_id) if one.id == staff_id and one.active), None)
    return Visitor(staff, identity.shop_by_id(shop_id), staff_id, "job", now, first_visit=False) if staff else None


def write_export(
    *, shop_id: UUID, export_id: UUID, staff_id: UUID, listing_key: str, query: str, columns: list[str],
    file_format: str, locale: str, state: str, now: datetime, most: int | None = None,
) -> None:  # fmt: skip
    """Write one export from its beginning; a worker that was killed left nothing behind but the state.

    `most`: what has become longer than this, while it waited, is not written: it takes two people.
    """
    if state == states.RUNNING:
        move_export(shop_id=shop_id, export_id=export_id, from_state=states.RUNNING, to_state=states.WAITING, now=now)
    move_export(shop_id=shop_id, export_id=export_id, from_state=states.WAITING, to_state=states.RUNNING, now=now)
    try:
        path = export_path(export_id, file_format)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with translation.override(locale):
            rows = _write(shop_id, export_id, staff_id, listing_key, query, columns, file_format, part, now, most)
        part.chmod(0o600)
        size = part.stat().st_size
        os.replace(part, path)
        note_export(shop_id=shop_id, export_id=export_id, rows=rows, size_bytes=size)
        ended = states.DONE
    except Exception as error:
        # One list that cannot be written must not stop those behind it; what it was stands in the log, without rows.
        log.error("export_failed", export_id=str(export_id), error=type(error).__name__)
        ended = states.FAILED
    move_export(shop_id=shop_id, export_id=export_id, from_state=states.RUNNING, to_state=ended, now=utc_now())


def _write(
    shop_id: UUID, export_id: UUID, staff_id: UUID, listing_key: str, query: str, columns: list[str],
    file_format: str, path: Path, now: datetime, most: int | None,
) -> int:  # fmt: skip
    listing, visitor = REGISTRY[listing_key], staff_visitor(shop_id, staff_id, now)
    if visitor is None or not visitor.may(listing.permission):
        raise PermissionError("who asked for it may no longer see it")
    chosen = [column for column in listing.columns_for(visitor) if column.exported and column.key in columns]
    chosen.sort(key=lambda column: columns.index(column.key))
    heads = [str(column.label) for column in chosen]
    writer = write_xlsx if file_format == "xlsx" else write_csv
    return writer(
        path,
        heads,
        _pages(listing, visitor, query, chosen, most),
        lambda rows: note_export(shop_id=shop_id, export_id=export_id, rows=rows),
    )


def _pages(
    listing: Listing, visitor: Visitor, query: str, columns: list[Column], most: int | None
) -> Iterator[list[list[Value]]]:
    wanted, count = asked.read(listing, dict(parse_qsl(query)), visitor), 0
    for page in listing.source.walk(wanted):
        count += len(page)
        if most is not None and count > most:
            raise PermissionError("it has become so long that it takes two people")
        yield [[file_value(column, row, wanted.timezone) for column in columns] for row in page]


def do_batch(*, shop_id: UUID, batch_id: UUID, listing_key: str, action: str, until: datetime) -> int:
    """Do rows of a batch until none is left or the time is over; how many."""
    act = REGISTRY[listing_key].act(action)
    if act is None:
        raise KeyError(f"{listing_key} has no act {action}")
    count = 0
    while utc_now() < until and do_batch_item(shop_id=shop_id, batch_id=batch_id, act=act, now=utc_now()):
        count += 1
    return count
