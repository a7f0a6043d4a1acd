-- vault: the most that a code of these SKUs in an open lot had cost: (sku, minor units, currency). Lots that are sold out
-- stay open for a while: what they had cost counts, so that it is never too little.
SELECT sku_id, max(unit_cost_minor)::bigint, min(currency)
FROM vault_lot
WHERE shop_id = %(shop_id)s AND sku_id = ANY (%(sku_ids)s::uuid[]) AND state = 'open'
GROUP BY sku_id
HAVING count(DISTINCT currency) = 1
