-- Ended units leave their lots: one entry a lot, named by the lot, so never twice; wallets are held. Sums by kind and scope.
WITH due AS (
    SELECT l.id, l.wallet_id, l.units, l.remaining, l.minor * l.remaining / l.units AS worth, w.kind, w.scope,
           gen_random_uuid() AS entry_id
    FROM loyalty_lot l JOIN loyalty_wallet w ON w.shop_id = l.shop_id AND w.id = l.wallet_id
    WHERE l.shop_id = %(shop_id)s AND l.wallet_id = ANY(%(wallets)s::uuid[]) AND l.remaining > 0
      AND l.expires_at IS NOT NULL AND l.expires_at <= %(now)s
), entries AS (
    INSERT INTO loyalty_entry (id, shop_id, wallet_id, kind, units, asked, minor, source_kind, source_id, purpose, nature,
                               reason, actor, order_id, at)
    SELECT entry_id, %(shop_id)s::uuid, wallet_id, 'expire', -remaining, remaining, -worth, 'lot', id::text,
           -- A lot that got units back after its end ends again.
           'expire:' || (SELECT count(*) FROM loyalty_allocation a JOIN loyalty_entry e ON e.shop_id = a.shop_id
                         AND e.id = a.entry_id WHERE a.shop_id = %(shop_id)s AND a.lot_id = due.id AND e.kind = 'expire'),
           'sale', '', 'system', NULL, %(now)s::timestamptz
    FROM due
), lots AS (
    UPDATE loyalty_lot l SET remaining = 0 FROM due WHERE l.shop_id = %(shop_id)s AND l.id = due.id
), allocated AS (
    INSERT INTO loyalty_allocation (shop_id, entry_id, lot_id, units, back, moved)
    SELECT %(shop_id)s::uuid, entry_id, id, remaining, 0, 0 FROM due
), gone AS (
    SELECT wallet_id, sum(remaining)::bigint AS units FROM due GROUP BY wallet_id
), wallets AS (
    UPDATE loyalty_wallet w SET balance = w.balance - gone.units FROM gone
    WHERE w.shop_id = %(shop_id)s AND w.id = gone.wallet_id
)
SELECT kind, scope, sum(remaining)::bigint, sum(worth)::bigint, count(DISTINCT wallet_id) FROM due GROUP BY kind, scope
