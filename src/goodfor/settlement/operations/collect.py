"""Read what the books have for parties."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.sql import Statement as Sql
from goodfor.settlement import accounts, ports
from goodfor.settlement.kinds import OWN, kind_of
from goodfor.settlement.locks import lock_feed
from goodfor.settlement.models import Feed
from goodfor.settlement.types import BookRow

COLLECT = Sql("goodfor.settlement", "sql/collect.sql")
BATCH = 5_000
#: A run ends after so many batches; the next goes on.
BATCHES = 200


def collect(*, shop_id: UUID, now: datetime, batch: int = BATCH) -> int:
    """Keep what came since as items of coming statements, until nothing is left; how many postings were read.

    One reads at a time. What was read before is never read again, and would change nothing.
    """
    Feed.objects.bulk_create([Feed(shop_id=shop_id)], ignore_conflicts=True)
    read = 0
    for _ in range(BATCHES):
        count, moved = _step(shop_id, now, batch)
        read += count
        if not moved:
            break
    return read


def _step(shop_id: UUID, now: datetime, batch: int) -> tuple[int, bool]:
    with transaction.atomic():
        feed = lock_feed(shop_id)
        page = ports.books()(shop_id, prefixes=accounts.READ, after=feed.place, limit=batch)
        if page.place == feed.place:
            Feed.objects.filter(shop_id=shop_id).update(read_at=now)
            return 0, False
        rows = [row for row in page.rows if accounts.is_listed(row.account) and not row.kind.startswith(OWN)]
        if rows:
            COLLECT.run(_columns(shop_id, rows))
        Feed.objects.filter(shop_id=shop_id).update(place=page.place)
    return len(page.rows), True


def _columns(shop_id: UUID, rows: list[BookRow]) -> dict[str, object]:
    return {
        "shop_id": shop_id,
        "tx_ids": [row.tx_id for row in rows],
        "seqs": [row.seq for row in rows],
        "amounts": [accounts.owed_by(row.account, row.amount_minor) for row in rows],
        "orders": [row.order_id for row in rows],
        "lines": [row.order_line_id for row in rows],
        "skus": [row.sku_id for row in rows],
        "effective": [row.effective_at for row in rows],
        "recorded": [row.recorded_at for row in rows],
        "currencies": [row.currency for row in rows],
        "accounts": [row.account for row in rows],
        "whats": [kind_of(row.kind, row.reference) for row in rows],
        "kinds": [row.kind for row in rows],
        "references": [row.reference for row in rows],
    }
