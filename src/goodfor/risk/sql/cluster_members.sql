SELECT key, kind FROM risk_cluster
WHERE shop_id = %(shop_id)s AND cluster = %(cluster)s AND (kind, key) > (%(after_kind)s, %(after_key)s)
ORDER BY kind, key
LIMIT %(limit)s
