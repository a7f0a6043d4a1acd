-- What lots are worth by other terms, of wallets that are held: nobody moves them meanwhile. By how much more is owed.
WITH those AS (
    SELECT l.id, l.units, l.remaining, l.minor,
           least(l.units * %(value_centi)s::bigint * %(redeem_bp)s::bigint / 1000000, %(most)s::bigint) AS worth
    FROM loyalty_lot l
    WHERE l.shop_id = %(shop_id)s AND l.wallet_id = ANY(%(wallets)s::uuid[]) AND l.remaining > 0
      AND (%(after)s::uuid IS NULL OR l.id > %(after)s::uuid) AND l.id <= %(last)s::uuid
), moved AS (
    UPDATE loyalty_lot l SET minor = those.worth FROM those
    WHERE l.shop_id = %(shop_id)s AND l.id = those.id AND those.worth <> those.minor
)
SELECT coalesce(sum(worth * remaining / units - minor * remaining / units), 0)::bigint FROM those
