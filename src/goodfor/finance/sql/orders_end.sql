-- finance: of orders of any shop_id whose channel has told its fee, those that nothing was posted with for long are over.
UPDATE finance_order o SET stage = 'final', changed_at = %(now)s
 WHERE (o.shop_id, o.order_id) IN (
       SELECT f.shop_id, f.order_id FROM finance_order f
        WHERE f.stage = 'billed' AND f.moved_at < %(before)s
        ORDER BY f.moved_at LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED)
RETURNING o.shop_id, o.order_id, o.number, o.profit_minor, o.currency
