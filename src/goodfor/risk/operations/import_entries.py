"""Many entries at once, from a CSV file."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.risk import rule_states as states
from goodfor.risk.errors import InvalidEntry
from goodfor.risk.list_files import plain_cell
from goodfor.risk.list_models import ListEntry
from goodfor.risk.operations.list_entry import ask_to_add, settle_adding
from goodfor.risk.operations.list_steps import (
    build,
    build_by_key,
    check_entry,
    check_list,
    check_said,
    check_type,
    tidy,
)
from goodfor.risk.rule_models import Proposal
from goodfor.risk.rule_types import Entry, ImportReport

MOST_LINES: Final = 50_000
MOST_CHARACTERS: Final = 10_000_000
_SHOWN: Final = 100
_DAY: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?!\d)")
_CHUNK: Final = 1_000
_COLUMNS: Final = frozenset({"type", "value", "key", "label", "reason", "owner", "expires_at"})


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    entry: Entry
    value: str
    key: int | None
    label: str


@transaction.atomic
def import_entries(
    *, shop_id: UUID, kind: str, text: str, actor: str, now: datetime, name: str = "", dry_run: bool = False
) -> ImportReport:
    """Put on a list what a CSV file says: columns `type`, `value` or `key`, `reason`, and `owner`, `expires_at` (ISO).

    `key` is what an export of this installation says of values that nobody can read. A line that is wrong is told and
    left out; what is on the list already, or twice in the file, is counted as known. A dry run only counts. Hard
    blocks wait for a second person, all of them in one proposal. Raises InvalidEntry(field), ListNotFound, Forbidden.
    """
    only = check_list(shop_id, kind, name)
    bad: list[tuple[int, str]] = []
    lines = list(_read(text, kind, only, now, bad))
    asked: Proposal | None = None
    if kind == states.BLOCK_HARD and lines and not dry_run:
        asked = ask_to_add(shop_id, kind, name, len(lines), lines[0].entry.reason, actor, now)
    seen: set[int] = set()
    added = 0
    for start in range(0, len(lines), _CHUNK):
        rows = [_row(shop_id, kind, name, line, actor, now, asked) for line in lines[start : start + _CHUNK]]
        if not dry_run:
            tidy(shop_id, kind, name, [row.key for row in rows], now)
        fresh = _fresh(shop_id, kind, name, rows, seen, now)
        added += len(fresh)
        if not dry_run:
            ListEntry.objects.bulk_create(fresh)
    done = settle_adding(asked, actor, now)
    bad.sort()
    report = ImportReport(
        len(lines) + len(bad), added, len(lines) - added, len(bad), tuple(bad[:_SHOWN]),
        None if done or asked is None else asked.id,
    )  # fmt: skip
    if not dry_run:
        audit.record(
            shop_id=shop_id, actor=actor, action="risk_list_imported", subject=("shop", shop_id),
            data={"list": name or kind, "added": added, "known": report.known, "bad": len(bad), "waits": not done},
            now=now,
        )  # fmt: skip
    return report


def _fresh(
    shop_id: UUID, kind: str, name: str, rows: list[ListEntry], seen: set[int], now: datetime
) -> list[ListEntry]:
    """Those that are not on the list yet; `seen` are keys of earlier lines."""
    held = ListEntry.objects.filter(
        shop_id=shop_id, kind=kind, name=name, key__in=[row.key for row in rows],
        state__in=(states.PENDING, states.ACTIVE),
    ).values_list("key", "expires_at")  # fmt: skip
    seen.update(key for key, expires_at in held if expires_at is None or expires_at > now)
    fresh = []
    for row in rows:
        if row.key not in seen:
            seen.add(row.key)
            fresh.append(row)
    return fresh


def _row(
    shop_id: UUID, kind: str, name: str, line: _Line, actor: str, now: datetime, asked: Proposal | None
) -> ListEntry:
    if line.key is not None:
        return build_by_key(
            shop_id, kind, name, line.entry, line.key, line.label, actor=actor, now=now, asked=asked
        )  # fmt: skip
    return build(shop_id, kind, name, line.entry, line.value, actor=actor, now=now, asked=asked)


def _read(text: str, kind: str, only: str | None, now: datetime, bad: list[tuple[int, str]]) -> Iterator[_Line]:
    """Lines that are right; the number and what is wrong of the others go into `bad`."""
    if len(text) > MOST_CHARACTERS or "\0" in text:
        raise InvalidEntry(field="file")
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        heads = [head.strip().lower() for head in next(reader, [])]
        if len(set(heads)) != len(heads) or not {"type", "reason"} <= set(heads) or not {"value", "key"} & set(heads):
            raise InvalidEntry(field="columns")
        for count, row in enumerate(reader, start=1):
            if count > MOST_LINES:
                raise InvalidEntry(field="file")
            if not any(cell.strip() for cell in row):
                continue
            cells = {head: plain_cell(cell.strip()) for head, cell in zip(heads, row, strict=False) if head in _COLUMNS}
            try:
                yield _line(reader.line_num, cells, kind, only, now)
            except InvalidEntry as error:
                bad.append((reader.line_num, str(error.data.get("field", ""))))
    except csv.Error:
        raise InvalidEntry(field="file") from None


def _line(number: int, cells: dict[str, str], kind: str, only: str | None, now: datetime) -> _Line:
    entry = Entry(
        type=cells.get("type", ""), value=cells.get("value", ""), reason=cells.get("reason", ""),
        owner=cells.get("owner", ""), expires_at=_instant(cells.get("expires_at", "")),
    )  # fmt: skip
    if entry.value:
        return _Line(number, entry, check_entry(entry, kind, only, now), None, "")
    key = cells.get("key", "")
    # A key of 63 bits, as exports write it.
    if not (key.isascii() and key.isdigit() and 0 < int(key[:20]) < 2**63 and len(key) < 20):
        raise InvalidEntry(field="value")
    check_type(entry, only)
    check_said(entry, kind, now)
    return _Line(number, entry, "", int(key), cells.get("label", "") or "…")


def _instant(text: str) -> datetime | None:
    """ISO, or a day as people write it: 2026/3/1, 2026年3月1日, with full-width digits. Without a zone it is UTC."""
    text = unicodedata.normalize("NFKC", text).strip()
    if not text:
        return None
    day = _DAY.match(text)
    if day is not None:
        text = "{}-{:0>2}-{:0>2}".format(*day.groups()) + text[day.end() :]
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidEntry(field="expires_at") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
