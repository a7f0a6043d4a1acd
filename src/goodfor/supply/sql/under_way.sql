-- supply: purchases at a supplier without an end, and those sent since: (id, what it would cost, set aside).
SELECT id, coalesce(charged, (trace->>'expected')::numeric, max_cost),
       CASE WHEN hold_tx IS NULL THEN 0 ELSE max_cost END
FROM supply_attempt
WHERE shop_id = %(shop_id)s AND supplier_id = %(supplier_id)s
  AND (state IN ('sending', 'accepted', 'unknown', 'manual') OR sent_at >= %(since)s::timestamptz)
ORDER BY id
