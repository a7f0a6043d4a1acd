"""Steps of keeping groups: what runs in the transaction of `link_accounts`, `rebuild_clusters` and `forget_links`."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from goodfor.kernel.sql import Statement
from goodfor.risk.link_kinds import limit_columns
from goodfor.risk.linking import Row, clusters

_PUT = Statement("goodfor.risk", "sql/cluster_put.sql")
_DROP = Statement("goodfor.risk", "sql/cluster_drop.sql")
_ALL_ROWS = Statement("goodfor.risk", "sql/cluster_rows_all.sql")
_ALL_COUNTED = Statement("goodfor.risk", "sql/link_counted_all.sql")
_SETTLE_ALL = Statement("goodfor.risk", "sql/link_settle_all.sql")


def write_rows(shop_id: UUID, old: Mapping[int, Row], new: Mapping[int, Row], now: datetime) -> int:
    """Make the rows `old` into `new`, touching only what differs; how many rows were written or dropped."""
    gone = sorted(key for key in old if key not in new)
    changed = sorted((key, row) for key, row in new.items() if old.get(key) != row)
    if gone:
        _DROP.run({"shop_id": shop_id, "keys": gone})
    if changed:
        _PUT.run(
            {
                "shop_id": shop_id, "now": now, "keys": [key for key, _ in changed],
                "kinds": [row.kind for _, row in changed], "clusters": [row.cluster for _, row in changed],
                "sizes": [row.size for _, row in changed], "buyers": [row.buyers for _, row in changed],
            }
        )  # fmt: skip
    return len(gone) + len(changed)


def rebuild(shop_id: UUID, now: datetime) -> int:
    """All groups of a shop anew from all its links; how many rows differ. Its caller holds the shop's lock."""
    _SETTLE_ALL.run({"shop_id": shop_id})
    counted = _ALL_COUNTED.rows({"shop_id": shop_id, **limit_columns()})
    old = {key: Row(*rest) for key, *rest in _ALL_ROWS.rows({"shop_id": shop_id})}
    return write_rows(shop_id, old, clusters(counted), now)
