-- supply: what purchases at a supplier cost since then, less what came back of them, and since when there are any.
SELECT coalesce(sum(charged - refunded), 0), min(ended_at)
FROM supply_attempt
WHERE shop_id = %(shop_id)s AND supplier_id = %(supplier_id)s
  AND sent_at >= %(since)s::timestamptz AND (state IN ('delivered', 'partial', 'late') OR claimed_minor > 0)
