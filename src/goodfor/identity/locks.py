"""Row locks of identity."""

from uuid import UUID

from goodfor.kernel.sql import Statement

_LOCK_OWNERS = Statement(__package__, "sql/lock_owners.sql")
_LOCK_CLIENT = Statement(__package__, "sql/lock_client.sql")
_LOCK_SHOP = Statement(__package__, "sql/lock_shop.sql")


def lock_active_owners(shop_id: UUID) -> list[UUID]:
    """Lock the shop's active owners, sorted by id, until the transaction ends; their ids."""
    return [row[0] for row in _LOCK_OWNERS.rows({"shop_id": shop_id})]


def lock_api_client(shop_id: UUID, client_id: UUID) -> None:
    """Lock one API client until the transaction ends."""
    _LOCK_CLIENT.rows({"shop_id": shop_id, "client_id": client_id})


def lock_shop(shop_id: UUID) -> bool:
    """Lock one shop until the transaction ends; False when there is none."""
    return _LOCK_SHOP.row({"shop_id": shop_id}) is not None
