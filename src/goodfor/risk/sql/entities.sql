SELECT kind, key, label, first_at, last_at, value_key_id IS NOT NULL FROM risk_entity
WHERE shop_id = %(shop)s AND (kind, key) IN (SELECT * FROM unnest(%(kinds)s::smallint[], %(keys)s::bigint[]))
ORDER BY kind, key
