-- supply: purchases that may explain a difference of a supplier's balance, what fits to the cent first:
-- (why, attempt, number, state, amount, fits). `difference` positive: more is there than expected.
SELECT why, id, number, state, amount, amount = abs(%(difference)s::numeric) AS fits
FROM (
    -- Without an end: charged there, perhaps, and not in the books.
    SELECT 'under_way' AS why, id, number, state, coalesce(charged, (trace->>'expected')::numeric, max_cost) AS amount,
           sent_at
    FROM supply_attempt
    WHERE shop_id = %(shop_id)s AND supplier_id = %(supplier_id)s AND %(difference)s::numeric < 0
      AND state IN ('sending', 'accepted', 'unknown', 'manual')
    UNION ALL
    -- Ended without goods: the money has not come back, or there was an order after all.
    SELECT 'kept', id, number, state, coalesce(charged, (trace->>'expected')::numeric, max_cost), sent_at
    FROM supply_attempt
    WHERE shop_id = %(shop_id)s AND supplier_id = %(supplier_id)s AND %(difference)s::numeric < 0
      AND state IN ('rejected', 'failed') AND claimed_minor = 0 AND sent_at >= %(since)s::timestamptz
    UNION ALL
    -- Late: counted when we heard of it.
    SELECT 'late', id, number, state, charged, sent_at
    FROM supply_attempt
    WHERE shop_id = %(shop_id)s AND supplier_id = %(supplier_id)s
      AND state = 'late' AND ended_at >= %(since)s::timestamptz
    UNION ALL
    -- Money may have come back that nobody told us of.
    SELECT 'refund', id, number, state, charged - refunded, sent_at
    FROM supply_attempt
    WHERE shop_id = %(shop_id)s AND supplier_id = %(supplier_id)s AND %(difference)s::numeric > 0
      AND (state IN ('delivered', 'partial', 'late') OR claimed_minor > 0)
      AND charged - refunded >= %(difference)s::numeric AND sent_at >= %(window)s::timestamptz
) found
ORDER BY fits DESC, (why = 'refund'), sent_at DESC
LIMIT %(limit)s::bigint
