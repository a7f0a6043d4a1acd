"""Remember the nonce of a signed request."""

from datetime import datetime
from uuid import UUID

from goodfor.identity.errors import SignatureReplayed
from goodfor.kernel.sql import Statement

_USE = Statement("goodfor.identity", "sql/use_nonce.sql")


def use_nonce(*, shop_id: UUID, client_id: UUID, nonce: str, expires_at: datetime) -> None:
    """Use a nonce (1 to 64 characters) once. Raises SignatureReplayed when it was used before.

    Commits by itself, before the request is worked on: a captured request that failed cannot be sent again either.
    """
    values = {"shop_id": shop_id, "client_id": client_id, "nonce": nonce, "expires_at": expires_at}
    if _USE.run(values) != 1:
        raise SignatureReplayed
