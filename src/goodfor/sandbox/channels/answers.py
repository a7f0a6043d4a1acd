"""Stored answers of idempotent calls: the same key with the same request is answered as before, also with a 500."""

import hashlib

from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.rows import Refused
from goodfor.sandbox.web import Request, Response

_HOURS = 24


def digest(request: Request) -> str:
    """What makes two requests the same: method, path and body."""
    return hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.body).hexdigest()


def stored(desk: Desk, channel: str, merchant: str, key: str, request: Request) -> tuple[int, bytes] | None:
    """(status, body) of the first execution. Raises Refused(idempotency_error) for another request with the key."""
    if not key:
        return None
    with desk.db.read() as conn:
        row = conn.execute(
            "SELECT request, status, body FROM answers WHERE channel = ? AND merchant = ? AND key = ? AND at_ms > ?",
            (channel, merchant, key, desk.now_ms() - _HOURS * 3_600_000),
        ).fetchone()
    if row is None:
        return None
    if row["request"] != digest(request):
        raise Refused("idempotency_error", "the key was used with other parameters", 400)
    return int(row["status"]), bytes(row["body"])


def store(desk: Desk, channel: str, merchant: str, key: str, request: Request, response: Response) -> None:
    """Keeps an answer under its key; the first one stays."""
    if key:
        with desk.db.write() as conn:
            conn.execute(
                "INSERT INTO answers (channel, merchant, key, request, status, body, at_ms)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (channel, merchant, key, digest(request), response.status, response.body, desk.now_ms()),
            )
