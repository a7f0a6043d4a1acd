-- Of these keys the one in the largest group; on the way of every decision.
SELECT cluster, size, buyers, updated_at FROM risk_cluster
WHERE shop_id = %(shop_id)s AND key = ANY(%(keys)s::bigint[])
ORDER BY buyers DESC, size DESC, cluster
LIMIT 1
