-- finance: imported bills of payments, of any shop_id, whose fees are not in the books yet; oldest day first.
SELECT b.shop_id, b.id
  FROM payments_bill b
  LEFT JOIN finance_fee_bill f ON f.bill_id = b.id
 WHERE b.state = 'imported' AND b.kind = 'trade' AND (f.bill_id IS NULL OR f.booked_at IS NULL)
   AND NOT EXISTS (SELECT FROM finance_stuck_errand k
                   WHERE k.shop_id = b.shop_id AND k.subject_id = b.id AND k.next_at > %(now)s)
 ORDER BY b.day, b.id
 LIMIT %(limit)s
