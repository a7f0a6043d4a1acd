-- The oldest news that a shop's members have not been told, taken by this transaction.
UPDATE loyalty_notice n SET told_at = %(now)s::timestamptz
FROM (
    SELECT owner, kind, key FROM loyalty_notice
    WHERE shop_id = %(shop_id)s AND told_at IS NULL
    ORDER BY at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
) t
WHERE n.shop_id = %(shop_id)s AND n.owner = t.owner AND n.kind = t.kind AND n.key = t.key
RETURNING n.owner, n.kind, n.key, n.units, n.from_rank, n.to_rank, n.ends_at, n.at
