-- payments: what channels said about money of these accounts on a day, a page by id. Ids grow with the time of recording.
SELECT f.id, f.kind, f.our_ref, f.channel_ref, f.amount_minor, f.currency, f.happened_at, f.posting_ref,
       f.outcome = 'duplicate_payment' AND NOT EXISTS (
           SELECT FROM payments_refund d WHERE d.shop_id = %(shop_id)s AND d.business_key = 'overpaid:' || f.id),
       p.source_id, p.provider, p.account_code, r.channel_ref
FROM payments_fact f
LEFT JOIN payments_payment p ON p.id = f.payment_id
LEFT JOIN payments_refund r ON r.id = f.refund_id
WHERE f.shop_id = %(shop_id)s AND f.id > %(after)s AND f.id < %(before)s AND f.account_id = ANY (%(accounts)s)
  AND f.kind IN ('paid', 'refunded') AND f.applied_at IS NOT NULL
  AND f.happened_at >= %(since)s AND f.happened_at < %(until)s
  AND (f.kind = 'paid' OR r.paid_from = '')
ORDER BY f.id
LIMIT %(limit)s
