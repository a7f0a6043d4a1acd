"""The audit trail: who did what to which thing; append-only, sealed in a hash chain whose head is signed."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from goodfor.kernel.crypto import DecryptFailed, keyring
from goodfor.kernel.invariants import Invariant
from goodfor.kernel.loops import loop
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

GENESIS = bytes(32)
SEAL_BATCH = 2000
#: How the text of a line is made for its hash (kernel_audit_text); lines sealed before keep the way of their time.
VERSION = 2
SLIPPED_IN = "line slipped in below the seal"
#: Purpose of the key that signs the head. It lies in the database wrapped by the master key, which does not.
_HEAD_KEY = "audit_head"
_INSERT = Statement(__package__, "sql/audit_insert.sql")
_OF = Statement(__package__, "sql/audit_of.sql")
_UNSEALED = Statement(__package__, "sql/audit_unsealed.sql")
_HEAD = Statement(__package__, "sql/audit_head.sql")
_STORE_HEAD = Statement(__package__, "sql/audit_head_store.sql")


_origin: ContextVar[str] = ContextVar("audit_origin", default="")


@contextmanager
def coming_from(address: str) -> Iterator[None]:
    """Lines written inside the block say where the request came from (`data["from"]`); for staff only."""
    token = _origin.set(address)
    try:
        yield
    finally:
        _origin.reset(token)


class ChainBroken(Exception):
    """The chain is not what its signed head says: nothing is added to it, so that the break stays to be seen."""


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
            "data": Jsonb({**data, "from": origin} if (origin := _origin.get()) and "from" not in data else data),
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


def lines_of(
    *, shop_id: UUID, subject: tuple[str, UUID | str], limit: int = 500, since: datetime | None = None
) -> list[AuditEntry]:  # fmt: skip
    """What was done to a thing, after `since` or ever, oldest first."""
    rows = _OF.rows({
        "shop_id": shop_id, "subject_type": subject[0], "subject_id": str(subject[1]), "since": since, "limit": limit,
    })  # fmt: skip
    return [AuditEntry(row[0], row[1], json.loads(row[2]), row[3]) for row in rows]


@loop(name="kernel.seal_audit", seconds=2.0)
def seal(now: datetime) -> int:
    """Chain the lines that are not sealed yet and sign the new head; returns how many.

    hash = SHA-256(previous hash + line text). Raises ChainBroken.
    """
    with platform_job("seal audit trail"), transaction.atomic(), connection.cursor() as cursor:
        found = _HEAD.row({})
        if faults := head_faults(now):
            raise ChainBroken(faults[0][1])
        seq, digest, xid, audit_id = found or (0, GENESIS, "0", 0)
        digest = bytes(digest)
        seals = []
        for row_xid, row_id, text in _UNSEALED.rows(
            {"xid": xid, "id": audit_id, "version": VERSION, "limit": SEAL_BATCH}
        ):
            digest = hashlib.sha256(digest + text.encode()).digest()
            seq += 1
            seals.append((seq, row_id, row_xid, digest, VERSION))
        if seals:
            cursor.executemany(
                """INSERT INTO kernel_audit_seal (seq, audit_id, audit_xid, hash, version)
                   VALUES (%s, %s, %s::text::xid8, %s, %s)""",
                seals,
            )
            _store_head(seq, digest, seals[-1][2], seals[-1][1])
    return len(seals)


def sign_head() -> None:
    """Sign the last seal of a chain that is older than signatures: called once, by the migration that brings them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, hash, audit_xid::text, audit_id FROM kernel_audit_seal ORDER BY seq DESC LIMIT 1")
        last = cursor.fetchone()
    if last is not None:
        _store_head(last[0], bytes(last[1]), last[2], last[3])


def head_faults(now: datetime) -> list[tuple[str, str]]:  # noqa: ARG001
    """What the signed head and the last seal say against each other; empty when they agree.

    Whoever can write SQL but does not have the master key cannot shorten the chain: he cannot sign a lower head. He
    could put back a head that he had copied earlier, together with the table of that moment; against that only a copy
    of the head kept elsewhere helps.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, hash, mac FROM kernel_audit_head")
        head = cursor.fetchone()
        cursor.execute("SELECT seq, hash FROM kernel_audit_seal ORDER BY seq DESC LIMIT 1")
        last = cursor.fetchone()
    if head is None:
        return [] if last is None else [("head", f"there are {last[0]} seals, and the signed head is gone")]
    seq, digest, mac = head[0], bytes(head[1]), bytes(head[2])
    try:
        if not hmac.compare_digest(mac, _mac(seq, digest)):
            return [("head", "not signed with our key")]
    except DecryptFailed as error:
        return [("head", str(error))]
    if last is None or last[0] != seq or bytes(last[1]) != digest:
        return [(f"seal/{seq}", f"the chain had {seq} seals, and now ends at {last[0] if last else 0}")]
    return []


def _mac(seq: int, digest: bytes) -> bytes:
    return hmac.digest(keyring().raw_index_key(_HEAD_KEY), b"%d|" % seq + digest, "sha256")


def _store_head(seq: int, digest: bytes, xid: str, audit_id: int) -> None:
    mac = _mac(seq, digest)
    _STORE_HEAD.run({"seq": seq, "hash": digest, "xid": xid, "id": audit_id, "mac": mac})


CHAIN_UNBROKEN = Invariant(
    name="audit_chain_unbroken",
    room="kernel",
    why="a line of the audit trail that was changed, removed or slipped in breaks the chain of hashes",
    sql=f"""
    SELECT s.seq::text, CASE WHEN a.id IS NULL THEN 'sealed line is gone' ELSE 'hash does not fit' END
    FROM (SELECT seq, audit_id, audit_xid, hash, version, lag(hash) OVER w AS previous, lag(seq) OVER w AS before
          FROM kernel_audit_seal WINDOW w AS (ORDER BY seq)) s
    LEFT JOIN kernel_audit a ON a.xid = s.audit_xid AND a.id = s.audit_id
    WHERE a.id IS NULL
       OR s.hash <> sha256(coalesce(s.previous, decode(repeat('00', 32), 'hex'))
                           || convert_to(kernel_audit_text(a, s.version), 'UTF8'))
       OR s.seq <> coalesce(s.before, 0) + 1
    UNION ALL
    SELECT a.id::text, '{SLIPPED_IN}' FROM kernel_audit a
    WHERE NOT EXISTS (SELECT 1 FROM kernel_audit_seal s WHERE s.audit_id = a.id)
      AND (a.xid, a.id) <= (SELECT upto_xid, upto_id FROM kernel_audit_head)
    """,  # noqa: S608
)
HEAD_SIGNED = Invariant(
    name="audit_head_signed",
    room="kernel",
    why="the end of the audit trail cannot be cut off: how far it had come is signed with a key outside the database",
    check=head_faults,
)
LINES_SEALED = Invariant(
    name="audit_lines_sealed",
    room="kernel",
    why="a line that is not sealed can still be changed unseen; sealing takes seconds",
    sql="""
    SELECT a.id::text, a.action || ' since ' || a.at FROM kernel_audit a
    WHERE (a.xid, a.id) > (coalesce((SELECT upto_xid FROM kernel_audit_head), '0'::xid8),
                           coalesce((SELECT upto_id FROM kernel_audit_head), 0))
      AND a.at < %(now)s - interval '10 minutes'
    """,
)
INVARIANTS = [CHAIN_UNBROKEN, HEAD_SIGNED, LINES_SEALED]
