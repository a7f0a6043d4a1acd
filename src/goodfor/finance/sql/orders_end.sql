-- finance: orders of any shop_id that nothing was posted with for long are over; later, where the channel told no fee.
UPDATE finance_order o SET stage = 'final', changed_at = %(now)s
 WHERE (o.shop_id, o.order_id) IN (
       SELECT f.shop_id, f.order_id FROM finance_order f
        WHERE f.stage IN ('billed', 'delivered') AND f.moved_at < %(before)s
          AND (f.stage = 'billed' OR f.moved_at < %(unbilled)s)
        ORDER BY f.moved_at LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED)
RETURNING o.shop_id, o.order_id, o.number, o.profit_minor, o.currency
