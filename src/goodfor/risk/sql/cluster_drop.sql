DELETE FROM risk_cluster WHERE shop_id = %(shop_id)s AND key = ANY(%(keys)s::bigint[])
