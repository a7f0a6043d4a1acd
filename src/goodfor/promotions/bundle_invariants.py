"""Truths about bundles."""

from goodfor.kernel.invariants import Invariant, history_invariant
from goodfor.promotions.bundle_states import BUNDLE

BUNDLES = [
    history_invariant(BUNDLE, table="promotions_bundle", room="promotions", name="promotions_bundle_histories"),
    Invariant(
        name="promotions_bundles_sell_by_a_revision",
        room="promotions",
        why="what is on sale is a revision of that very bundle, and revisions are numbered from 1 without a gap",
        sql="""
        SELECT b.id::text, b.state || ', revision ' || coalesce(b.revision_id::text, 'none')
        FROM promotions_bundle b
        LEFT JOIN promotions_bundle_revision r ON r.shop_id = b.shop_id AND r.id = b.revision_id
        WHERE b.revision_id IS NOT NULL AND (r.id IS NULL OR r.bundle_id <> b.id)
           OR b.state = 'on_sale' AND b.revision_id IS NULL
        UNION ALL
        SELECT b.id::text, count(r.id) || ' revisions, the newest is number ' || coalesce(max(r.number), 0)
        FROM promotions_bundle b
        LEFT JOIN promotions_bundle_revision r ON r.shop_id = b.shop_id AND r.bundle_id = b.id
        GROUP BY b.id HAVING count(r.id) <> coalesce(max(r.number), 0) OR count(r.id) = 0
        """,
    ),
]
