-- supply: all that a supplier charged and gave back, and all money moved: (charges, refunds, top-ups, corrections).
-- What is under way is in none of them.
SELECT a.charges, a.refunds, m.top_ups, m.corrections
FROM (
    SELECT coalesce(sum(charged), 0) AS charges, coalesce(sum(refunded), 0) AS refunds
    FROM supply_attempt
    WHERE shop_id = %(shop_id)s AND supplier_id = %(supplier_id)s
      AND (state IN ('delivered', 'partial', 'late') OR claimed_minor > 0)
) a, (
    SELECT coalesce(sum(amount) FILTER (WHERE kind <> 'correction'), 0) AS top_ups,
           coalesce(sum(amount) FILTER (WHERE kind = 'correction'), 0) AS corrections
    FROM supply_movement
    WHERE shop_id = %(shop_id)s AND supplier_id = %(supplier_id)s
) m
