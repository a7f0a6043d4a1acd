-- vault: what the free codes in open lots of these SKUs had cost: (sku, minor units, currency).
SELECT sku_id, sum(free * unit_cost_minor)::bigint, min(currency)
FROM vault_lot
WHERE shop_id = %(shop_id)s AND sku_id = ANY (%(sku_ids)s::uuid[]) AND state = 'open' AND free > 0
GROUP BY sku_id
HAVING count(DISTINCT currency) = 1
