-- finance: imported bills of payments, of any shop_id, whose fees are not in the books yet; oldest day first. Not those
-- whose every fee still waits for its order, as in fees_due.sql: they would keep the others from their turn.
SELECT b.shop_id, b.id
  FROM payments_bill b
  LEFT JOIN finance_fee_bill f ON f.bill_id = b.id
 WHERE b.state = 'imported' AND b.kind = 'trade' AND (f.bill_id IS NULL OR f.booked_at IS NULL)
   AND NOT EXISTS (SELECT FROM finance_stuck_errand k
                   WHERE k.shop_id = b.shop_id AND k.subject_id = b.id AND k.next_at > %(now)s)
   AND (NOT EXISTS (SELECT FROM finance_fee e
                     WHERE e.shop_id = b.shop_id AND e.bill_id = b.id AND e.booked_at IS NULL)
        OR EXISTS (SELECT FROM finance_fee e
                     LEFT JOIN orders_order o ON o.shop_id = e.shop_id AND o.id = e.order_id
                    WHERE e.shop_id = b.shop_id AND e.bill_id = b.id AND e.booked_at IS NULL
                      AND (o.id IS NULL OR o.state <> 'paid' AND o.delivered_at IS NULL
                           OR EXISTS (SELECT FROM finance_order d WHERE d.shop_id = e.shop_id
                                         AND d.order_id = e.order_id AND d.delivered_at IS NOT NULL))))
 ORDER BY b.day, b.id
 LIMIT %(limit)s
