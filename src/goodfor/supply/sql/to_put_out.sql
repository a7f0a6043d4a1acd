-- Purchases of a supplier that stand on no sheet yet, oldest first; the want's state tells whether anybody still waits.
SELECT a.id, a.quantity, w.kind, w.state, a.number
FROM supply_attempt a
JOIN supply_want w ON w.id = a.want_id AND w.shop_id = a.shop_id
WHERE a.shop_id = %(shop_id)s AND a.supplier_id = %(supplier_id)s AND a.state = 'accepted'
  AND NOT EXISTS (SELECT 1 FROM supply_sheet_line l WHERE l.attempt_id = a.id AND l.shop_id = a.shop_id)
ORDER BY a.sent_at, a.id
LIMIT %(limit)s
