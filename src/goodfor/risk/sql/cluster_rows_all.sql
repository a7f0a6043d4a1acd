SELECT key, kind, cluster, size, buyers FROM risk_cluster WHERE shop_id = %(shop_id)s
