-- The wallets of the next lots by id of those that have something left, held, in the order in which all hold many; and the
-- last of these lots.
WITH those AS MATERIALIZED (
    SELECT l.id, l.wallet_id FROM loyalty_lot l JOIN loyalty_wallet w ON w.shop_id = l.shop_id AND w.id = l.wallet_id
    WHERE l.shop_id = %(shop_id)s AND w.kind = %(kind)s AND l.remaining > 0
      AND (%(after)s::uuid IS NULL OR l.id > %(after)s::uuid)
    ORDER BY l.id LIMIT %(limit)s
)
SELECT w.id, (SELECT id FROM those ORDER BY id DESC LIMIT 1) FROM loyalty_wallet w
WHERE w.shop_id = %(shop_id)s AND w.id IN (SELECT wallet_id FROM those)
ORDER BY w.id FOR UPDATE
