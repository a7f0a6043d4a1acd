-- What lots are worth by other terms: the next ones by id of those that have something left. By how much more is owed.
WITH those AS (
    SELECT l.id, l.units, l.remaining, l.minor,
           least(l.units * %(value_centi)s::bigint * %(redeem_bp)s::bigint / 1000000, %(most)s::bigint) AS worth
    FROM loyalty_lot l JOIN loyalty_wallet w ON w.shop_id = l.shop_id AND w.id = l.wallet_id
    WHERE l.shop_id = %(shop_id)s AND w.kind = %(kind)s AND l.remaining > 0
      AND (%(after)s::uuid IS NULL OR l.id > %(after)s::uuid)
    ORDER BY l.id LIMIT %(limit)s FOR UPDATE OF l
), moved AS (
    UPDATE loyalty_lot l SET minor = those.worth FROM those
    WHERE l.shop_id = %(shop_id)s AND l.id = those.id AND those.worth <> those.minor
)
SELECT max(id::text), coalesce(sum(worth * remaining / units - minor * remaining / units), 0)::bigint FROM those
