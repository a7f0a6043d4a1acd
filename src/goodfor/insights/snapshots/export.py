"""Take a snapshot of a shop's figures: every table in one moment, streamed, with a list of what was written."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import connection, models, transaction

from goodfor.insights.models import Active, Cohort, Cube, Flow
from goodfor.insights.snapshots.base import Writer
from goodfor.insights.types import DAY

CHUNK: Final = 5_000


def export_snapshot(shop_id: UUID, folder: Path, writer: Writer, now: datetime) -> dict[str, int]:
    """Write cube, flow, cohorts and buyers' months into an existing empty folder; rows by table.

    All of it is of one moment (repeatable read); nothing is locked, and no order waits. `manifest.json` comes last: a
    folder without it is not whole.
    """
    tables: dict[str, models.QuerySet[Any]] = {
        "cube": Cube.objects.filter(shop_id=shop_id, grain=DAY).order_by("day"),
        "flow": Flow.objects.filter(shop_id=shop_id).order_by("day"),
        "cohort": Cohort.objects.filter(shop_id=shop_id).order_by("cohort", "month"),
        "active": Active.objects.filter(shop_id=shop_id).order_by("month"),
    }
    written: dict[str, Any] = {}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for name, rows in tables.items():
            columns = [each.name for each in rows.model._meta.concrete_fields if each.name != "shop_id"]
            path, count = writer.write(folder, name, columns, _rows(rows, columns))
            written[name] = {"file": path.name, "rows": count}
    manifest = {"shop_id": str(shop_id), "taken_at": now.isoformat(), "tables": written}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    return {name: one["rows"] for name, one in written.items()}


def _rows(rows: "models.QuerySet[Any]", columns: list[str]) -> Iterator[tuple[Any, ...]]:
    return rows.values_list(*columns).iterator(chunk_size=CHUNK)
