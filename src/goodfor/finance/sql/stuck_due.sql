-- finance: orders of any shop_id that could not be followed and are due again.
SELECT s.shop_id, s.order_id FROM finance_stuck s WHERE s.next_at <= %(now)s ORDER BY s.next_at LIMIT %(limit)s
