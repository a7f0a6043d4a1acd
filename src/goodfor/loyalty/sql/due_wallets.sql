-- loyalty: wallets with units whose end has come, those first that ended first; held by this transaction.
WITH due AS (
    SELECT shop_id, wallet_id FROM loyalty_lot
    WHERE remaining > 0 AND expires_at IS NOT NULL AND expires_at <= %(now)s
    ORDER BY expires_at, wallet_id LIMIT %(limit)s
)
SELECT w.shop_id, w.id, w.kind FROM loyalty_wallet w
WHERE w.id IN (SELECT wallet_id FROM due) AND w.shop_id IN (SELECT shop_id FROM due)
ORDER BY w.id FOR UPDATE SKIP LOCKED
