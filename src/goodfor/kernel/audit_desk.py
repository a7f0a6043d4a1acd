"""The audit trail as the staff reads it: a page at a time, within one shop."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.kernel.sql import Statement

WALK = 500
_PAGE = Statement(__package__, "sql/console_audit.sql", planned_each_time=True)


@dataclass(frozen=True, slots=True)
class AuditSearch:
    """What is asked for; None asks for nothing. `action` is the beginning of it, `hide` an action left out."""

    actor: str | None = None
    action: str | None = None
    subject_type: str | None = None
    subject_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    hide: str | None = None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A line with its place."""

    id: int
    actor: str
    action: str
    subject_type: str
    subject_id: str
    data: dict[str, Any]
    at: datetime


def search_audit(
    shop_id: UUID, search: AuditSearch, *, offset: int = 0, limit: int = 50, after: AuditLine | None = None
) -> list[AuditLine]:
    """A page, newest first; `after` goes on behind that line."""
    rows = _PAGE.rows(
        {
            "shop_id": shop_id,
            "actor": search.actor,
            "action": search.action,
            "subject_type": search.subject_type,
            "subject_id": search.subject_id,
            "since": search.since,
            "until": search.until,
            "hide": search.hide,
            "after_at": after.at if after else None,
            "after_id": after.id if after else None,
            "offset": offset,
            "limit": limit,
        }
    )
    return [AuditLine(row[0], row[1], row[2], row[3], row[4], json.loads(row[5]), row[6]) for row in rows]


def walk_audit(shop_id: UUID, search: AuditSearch) -> Iterator[Sequence[AuditLine]]:
    """All that fits, some hundreds at a time."""
    page = search_audit(shop_id, search, limit=WALK)
    while page:
        yield page
        page = search_audit(shop_id, search, limit=WALK, after=page[-1])
