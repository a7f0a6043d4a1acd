"""Checking the audit trail while the shop works: a stretch of the chain at a time, from the first line to the head."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from goodfor.kernel.audit import head_faults
from goodfor.kernel.loops import loop
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

STRETCH = 5000
_FAULTS = Statement(__package__, "sql/audit_check_faults.sql")
_MOVE = Statement(__package__, "sql/audit_check_move.sql")
_LAST = Statement(__package__, "sql/audit_check_last.sql")


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """The last check: `position` of `target` lines are checked, the last of them written at `checked_until`.

    `fault` is empty, or what is wrong (gone, changed, slipped_in, head) and where: `changed/1203`.
    """

    asked_by: str
    asked_at: datetime
    target: int
    position: int
    finished_at: datetime | None
    fault: str
    checked_until: datetime | None


def last_check() -> AuditCheck | None:
    """The last check that was asked for, running or over."""
    with platform_job("check of the audit trail"):
        row = _LAST.row({})
    return AuditCheck(*row) if row else None


@loop(name="kernel.check_audit", seconds=2.0)
def check_audit(now: datetime) -> int:
    """Check the next stretch of a check that was asked for; how many lines. A killed worker goes on where it was."""
    with platform_job("check of the audit trail"), transaction.atomic():
        row = _LAST.row({})
        check = AuditCheck(*row) if row else None
        if check is None or check.finished_at is not None:
            return 0
        upto = min(check.position + STRETCH, check.target)
        fault = _fault(check.position, upto) if upto else ""
        over = bool(fault) or upto == check.target
        if over and not fault and head_faults(now):
            fault = "head"
        _MOVE.run(
            {
                "from": check.position,
                "upto": upto,
                "asked_at": check.asked_at,
                "finished_at": now if over else None,
                "fault": fault,
            }
        )
    return upto - check.position


def _fault(low: int, upto: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '32MB'")
    found = _FAULTS.row({"from": low, "upto": upto})
    return f"{found[1]}/{found[0]}" if found else ""
