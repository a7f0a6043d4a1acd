-- Take payments whose time to be asked about has come, all shops, and leave them alone for the lease.
-- Charges by a mandate have a loop of their own: nobody stands at a page, and they may have to be sent again.
WITH due AS (
    SELECT id, shop_id FROM payments_payment
    WHERE next_poll_at <= %(now)s AND method <> 'mandate'
    ORDER BY next_poll_at
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
UPDATE payments_payment p
SET next_poll_at = %(lease)s, poll_count = p.poll_count + 1
FROM due
WHERE p.id = due.id AND p.shop_id = due.shop_id
RETURNING p.shop_id, p.id
