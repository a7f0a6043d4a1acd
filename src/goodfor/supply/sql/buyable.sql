-- supply: what could be bought now of some SKUs: (sku, units, oldest look at the items). A stock without a number counts
-- for as much as one order may hold; one that is low, for one.
SELECT o.sku_id,
       sum(CASE WHEN i.stock IS NOT NULL THEN i.stock WHEN i.stock_word = 'low' THEN 1
                ELSE %(many)s::bigint END)::bigint,
       min(i.seen_at)
FROM supply_offer o
JOIN supply_item i ON i.id = o.item_id AND i.shop_id = %(shop_id)s
JOIN supply_supplier s ON s.id = o.supplier_id AND s.shop_id = %(shop_id)s
WHERE o.shop_id = %(shop_id)s AND o.sku_id = ANY (%(sku_ids)s::uuid[]) AND o.enabled AND s.enabled
  AND i.state = 'on' AND i.stock_word <> 'out' AND i.kind IN ('card', 'link', 'image', 'ticket', 'direct')
  AND (o.daily_quota IS NULL OR o.daily_quota > 0)
  AND (s.balance IS NULL OR s.balance + s.credit >= i.cost)
  AND NOT EXISTS (SELECT FROM supply_breaker b
                  WHERE b.supplier_id = s.id AND b.shop_id = %(shop_id)s AND b.item_key IN ('', i.id::text)
                    AND b.until > %(now)s)
GROUP BY o.sku_id
