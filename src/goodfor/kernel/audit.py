"""The audit trail: who did what to which thing; append-only, sealed in a hash chain."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from goodfor.kernel.invariants import Invariant
from goodfor.kernel.loops import loop
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

GENESIS = bytes(32)
SEAL_BATCH = 2000
_INSERT = Statement(__package__, "sql/audit_insert.sql")
_OF = Statement(__package__, "sql/audit_of.sql")
_UNSEALED = Statement(__package__, "sql/audit_unsealed.sql")


def record(
    *,
    shop_id: UUID,
    actor: str,
    action: str,
    subject: tuple[str, UUID | str],
    data: dict[str, object],
    now: datetime,
) -> None:
    """Write one line in the current transaction. `data` must never hold codes or secrets."""
    _INSERT.run(
        {
            "shop_id": shop_id,
            "actor": actor,
            "action": action,
            "subject_type": subject[0],
            "subject_id": str(subject[1]),
            "data": Jsonb(data),
            "now": now,
        }
    )


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A line as it was written."""

    actor: str
    action: str
    data: dict[str, Any]
    at: datetime


def lines_of(*, shop_id: UUID, subject: tuple[str, UUID | str], limit: int = 500) -> list[AuditEntry]:
    """What was done to a thing, oldest first."""
    rows = _OF.rows({"shop_id": shop_id, "subject_type": subject[0], "subject_id": str(subject[1]), "limit": limit})
    return [AuditEntry(row[0], row[1], json.loads(row[2]), row[3]) for row in rows]


@loop(name="kernel.seal_audit", seconds=2.0)
def seal(now: datetime) -> int:  # noqa: ARG001
    """Chain the lines that are not sealed yet: hash = SHA-256(previous hash + line text); returns how many."""
    with platform_job("seal audit trail"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT seq, hash, audit_xid::text, audit_id FROM kernel_audit_seal ORDER BY seq DESC LIMIT 1")
        seq, digest, xid, audit_id = cursor.fetchone() or (0, GENESIS, "0", 0)
        digest = bytes(digest)
        seals = []
        for row_xid, row_id, text in _UNSEALED.rows({"xid": xid, "id": audit_id, "limit": SEAL_BATCH}):
            digest = hashlib.sha256(digest + text.encode()).digest()
            seq += 1
            seals.append((seq, row_id, row_xid, digest))
        if seals:
            cursor.executemany(
                "INSERT INTO kernel_audit_seal (seq, audit_id, audit_xid, hash) VALUES (%s, %s, %s::text::xid8, %s)",
                seals,
            )
    return len(seals)


INVARIANTS = [
    Invariant(
        name="audit_chain_unbroken",
        room="kernel",
        why="a line of the audit trail that was changed, removed or slipped in breaks the chain of hashes",
        sql="""
        SELECT s.seq::text, CASE WHEN a.id IS NULL THEN 'sealed line is gone' ELSE 'hash does not fit' END
        FROM (SELECT seq, audit_id, audit_xid, hash, lag(hash) OVER w AS previous, lag(seq) OVER w AS before
              FROM kernel_audit_seal WINDOW w AS (ORDER BY seq)) s
        LEFT JOIN kernel_audit a ON a.xid = s.audit_xid AND a.id = s.audit_id
        WHERE a.id IS NULL
           OR s.hash <> sha256(coalesce(s.previous, decode(repeat('00', 32), 'hex'))
                               || convert_to(kernel_audit_text(a), 'UTF8'))
           OR s.seq <> coalesce(s.before, 0) + 1
        UNION ALL
        SELECT a.id::text, 'line slipped in below the seal' FROM kernel_audit a
        WHERE NOT EXISTS (SELECT 1 FROM kernel_audit_seal s WHERE s.audit_id = a.id)
          AND (a.xid, a.id) < (SELECT audit_xid, audit_id FROM kernel_audit_seal ORDER BY seq DESC LIMIT 1)
        """,
    ),
]
