-- What each supplier owes for bad goods, and what came of what is over.
SELECT supplier_id,
       coalesce(sum(amount_minor - settled_minor) FILTER (WHERE state = 'due'), 0)::bigint,
       count(*) FILTER (WHERE state = 'due'),
       coalesce(sum(amount_minor - settled_minor) FILTER (WHERE state = 'sent'), 0)::bigint,
       count(*) FILTER (WHERE state = 'sent'),
       sum(settled_minor)::bigint,
       coalesce(sum(amount_minor - settled_minor) FILTER (WHERE state = 'written_off'), 0)::bigint,
       min(made_at) FILTER (WHERE state IN ('due', 'sent'))
FROM aftersales_recovery
WHERE shop_id = %(shop_id)s AND currency = %(currency)s
GROUP BY supplier_id ORDER BY 2 DESC, 4 DESC, 1
