-- supply: every offer of some SKUs as `candidates.sql` has it, for nobody's want: the SKU, then the candidate.
SELECT o.sku_id, o.id, i.id, s.id, s.name, s.protocol, i.item_id, i.variant, i.kind, i.cost, i.currency, s.rate,
       s.enabled AND o.enabled, i.state, i.stock_word, i.stock, i.least, i.most, i.multiple, i.terms, o.channels,
       o.priority, s.priority, o.weight, o.daily_quota - coalesce(d.used, 0), o.from_minute, o.to_minute,
       s.balance + s.credit,
       CASE b.level WHEN 2 THEN 'open' WHEN 1 THEN 'half' ELSE '' END,
       coalesce(c.success, 1), coalesce(c.p95_seconds, 0), false,
       nullif(s.surprise_minor, 0) - coalesce(e.used, 0), coalesce(j.level, ''), coalesce(j.factor, 1)
FROM supply_offer o
JOIN supply_item i ON i.id = o.item_id AND i.shop_id = %(shop_id)s
JOIN supply_supplier s ON s.id = o.supplier_id AND s.shop_id = %(shop_id)s
LEFT JOIN supply_day d ON d.shop_id = %(shop_id)s AND d.day = %(day)s AND d.key = o.id
LEFT JOIN supply_day e ON e.shop_id = %(shop_id)s AND e.day = %(day)s AND e.key = s.id
LEFT JOIN supply_score c ON c.supplier_id = s.id AND c.shop_id = %(shop_id)s
LEFT JOIN supply_consequence j ON j.shop_id = %(shop_id)s AND j.supplier_id = s.id AND j.lifted_at IS NULL
LEFT JOIN LATERAL (
    SELECT max(CASE WHEN k.until > %(now)s THEN 2 ELSE 1 END) AS level
    FROM supply_breaker k
    WHERE k.supplier_id = s.id AND k.shop_id = %(shop_id)s AND k.item_key IN ('', i.id::text)
      AND k.opened_at IS NOT NULL
) b ON true
WHERE o.shop_id = %(shop_id)s AND o.sku_id = ANY (%(sku_ids)s::uuid[])
