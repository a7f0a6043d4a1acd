-- The groups that any of these keys belong to, whole.
SELECT c.key, c.kind, c.cluster, c.size, c.buyers FROM risk_cluster c
WHERE c.shop_id = %(shop_id)s AND c.cluster IN (
    SELECT k.cluster FROM risk_cluster k WHERE k.shop_id = %(shop_id)s AND k.key = ANY(%(keys)s::bigint[]))
