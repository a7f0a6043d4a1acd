-- payments: the same of payments, facts, refunds and channels' numbers, whatever the day.
SELECT f.id, f.kind, f.our_ref, f.channel_ref, f.amount_minor, f.currency, f.happened_at, f.posting_ref,
       f.outcome = 'duplicate_payment' AND NOT EXISTS (
           SELECT FROM payments_refund d WHERE d.shop_id = %(shop_id)s AND d.business_key = 'overpaid:' || f.id),
       p.source_id, coalesce(p.provider, f.provider), coalesce(p.account_code, a.code), r.channel_ref
FROM payments_fact f
JOIN payments_account a ON a.id = f.account_id
LEFT JOIN payments_payment p ON p.id = f.payment_id
LEFT JOIN payments_refund r ON r.id = f.refund_id
WHERE f.shop_id = %(shop_id)s AND f.kind IN ('paid', 'refunded') AND f.applied_at IS NOT NULL
  AND (f.kind = 'paid' OR r.paid_from = '')
  AND f.id IN (
      SELECT id FROM payments_fact WHERE shop_id = %(shop_id)s AND id = ANY (%(facts)s)
      UNION SELECT id FROM payments_fact WHERE shop_id = %(shop_id)s AND payment_id = ANY (%(payments)s)
      UNION SELECT b.id FROM payments_refund d JOIN payments_fact b ON b.payment_id = d.payment_id AND b.refund_id = d.id
            WHERE d.shop_id = %(shop_id)s AND b.shop_id = %(shop_id)s AND d.id = ANY (%(refunds)s)
      UNION SELECT id FROM payments_fact
            WHERE shop_id = %(shop_id)s AND account_id = ANY (%(accounts)s) AND kind = 'paid' AND channel_ref = ANY (%(refs)s))
ORDER BY f.id
