"""Where a shop's snapshot lies, and the list of what belongs to it.

Each file holds a day, or a month that is long over, of one table; its name says what it was made from. The list is put
in place in one step after its files, so that whoever reads it finds all of them; what no list names goes an hour later.
"""

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from django.conf import settings

LIST: Final = "manifest.json"
#: Another form of the files makes all of them anew.
FORM: Final = 1
#: Readers of the list before may still be at it.
GRACE_SECONDS: Final = 3_600


@dataclass(frozen=True, slots=True)
class Part:
    """A file: `key` is its day (2026-03-05) or month (2026-03), `mark` what its rows were made from."""

    key: str
    file: str
    rows: int
    mark: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A whole snapshot: tables with their parts, by key, as they were at `taken_at`."""

    taken_at: datetime
    tables: Mapping[str, Mapping[str, Part]]

    def files(self, folder: Path, table: str, first: date | None = None, last: date | None = None) -> list[str]:
        """The files of a table that may hold any of these days."""
        low, high = (day.isoformat() if day else "" for day in (first, last))
        return [
            str(folder / part.file)
            for key, part in sorted(self.tables[table].items())
            if (not low or key >= low[: len(key)]) and (not high or key <= high[: len(key)])
        ]


def home(shop_id: UUID) -> Path:
    """The folder of a shop's snapshot, which is ours alone to read."""
    folder: Path = (settings.DATA_DIR / "snapshots" / str(shop_id)).resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def current(shop_id: UUID) -> Manifest | None:
    """The newest whole snapshot; None: there is none, or of another form."""
    try:
        kept = json.loads((home(shop_id) / LIST).read_text(encoding="utf-8"))
        if kept["form"] != FORM:
            return None
        tables = {
            table: {key: Part(key, *(one[name] for name in ("file", "rows", "mark"))) for key, one in parts.items()}
            for table, parts in kept["tables"].items()
        }
        return Manifest(datetime.fromisoformat(kept["taken_at"]), tables)
    except (FileNotFoundError, KeyError, ValueError, TypeError):
        return None


def keep(shop_id: UUID, manifest: Manifest) -> None:
    """Put it in the place of the one before."""
    tables = {
        table: {key: {"file": part.file, "rows": part.rows, "mark": part.mark} for key, part in sorted(parts.items())}
        for table, parts in manifest.tables.items()
    }
    folder, text = home(shop_id), {"form": FORM, "taken_at": manifest.taken_at.isoformat(), "tables": tables}
    draft = folder / f"{LIST}.{uuid4().hex}"
    draft.write_text(json.dumps(text, indent=1), encoding="utf-8")
    os.replace(draft, folder / LIST)


def sweep(shop_id: UUID, manifest: Manifest, now: datetime) -> int:
    """Take away what nobody reads any more; how many files."""
    named = {part.file for parts in manifest.tables.values() for part in parts.values()} | {LIST}
    gone = 0
    for path in _files(home(shop_id)):
        with suppress(FileNotFoundError):
            if path.name not in named and now.timestamp() - path.stat().st_mtime > GRACE_SECONDS:
                path.unlink()
                gone += 1
    return gone


def _files(folder: Path) -> Iterable[Path]:
    return [path for path in folder.iterdir() if path.is_file()]
