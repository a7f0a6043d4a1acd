-- What a member did in the window that counts now.
SELECT coalesce(sum(CASE %(metric)s WHEN 'growth' THEN growth WHEN 'spend' THEN paid_minor - back_minor
                         ELSE CASE WHEN back_minor < paid_minor THEN 1 ELSE 0 END END), 0)::bigint
FROM loyalty_deed WHERE shop_id = %(shop_id)s AND owner = %(owner)s AND at >= %(since)s
