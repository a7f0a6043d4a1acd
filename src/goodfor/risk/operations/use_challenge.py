"""A solved challenge is used up."""

from datetime import datetime
from uuid import UUID

from goodfor.kernel.sql import Statement
from goodfor.risk.doors.outside import outside

_USE = Statement("goodfor.risk", "sql/use_challenge.sql")


def use_challenge(*, shop_id: UUID, nonce: bytes, until: datetime) -> bool:
    """True for the first that hands it in, of however many at once. Outside of a transaction (RuntimeError)."""
    outside()
    return _USE.row({"shop_id": shop_id, "nonce": nonce, "until": until}) is not None
