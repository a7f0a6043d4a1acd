"""Figures leave as a file: who took which is written down."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.insights.errors import InvalidAsk
from goodfor.insights.exports import as_csv, as_xlsx
from goodfor.insights.types import Table
from goodfor.kernel import audit

#: Form -> (what makes it, its media type).
_FORMS = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def take_file(*, shop_id: UUID, table: Table, form: str, actor: str, now: datetime) -> tuple[bytes, str]:
    """A table as `csv` or `xlsx`: the bytes and their media type. Raises InvalidAsk for any other form."""
    if form not in _FORMS:
        raise InvalidAsk(field="format")
    make, media = _FORMS[form]
    made = make(table)
    with transaction.atomic():
        audit.record(
            shop_id=shop_id, actor=actor, action="insights.file_taken", subject=("shop", shop_id),
            data={"title": table.title, "rows": len(table.rows), "form": form}, now=now,
        )  # fmt: skip
    return made, media
