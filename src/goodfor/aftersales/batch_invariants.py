"""Truths about batches that are off sale, and about recalls."""

from goodfor.kernel.invariants import Invariant

BATCHES = [
    Invariant(
        name="pulled_batches_are_off_sale",
        room="aftersales",
        why="what proved bad is sold to nobody: no lot of it is open",
        sql="""
        SELECT w.batch_id::text, 'pulled, and lot ' || l.id || ' is ' || l.state
        FROM aftersales_batch_watch w JOIN vault_lot l ON l.shop_id = w.shop_id AND l.batch_id = w.batch_id
        WHERE w.pulled_at IS NOT NULL AND l.state = 'open'
        """,
    ),
    Invariant(
        name="recalls_reach_their_holders",
        room="aftersales",
        why="each holder at the start of a recall is on its list, and has heard of it soon",
        sql="""
        SELECT r.id::text, r.orders || ' orders, listed ' || count(i.id) || ', waiting long '
               || count(i.id) FILTER (WHERE i.state = 'due' AND i.next_at < %(now)s - interval '15 minutes')
        FROM aftersales_recall r LEFT JOIN aftersales_recall_item i ON i.shop_id = r.shop_id AND i.recall_id = r.id
        GROUP BY r.id, r.orders, r.codes
        HAVING count(i.id) <> r.orders OR coalesce(sum(cardinality(i.code_ids)), 0) <> r.codes
            OR count(i.id) FILTER (WHERE i.state = 'due' AND i.next_at < %(now)s - interval '15 minutes') > 0
        """,
    ),
]
