-- vault, platform job: cancelled batches that still have lots: (shop, batch).
SELECT DISTINCT l.shop_id, l.batch_id
FROM vault_lot l JOIN vault_batch b ON b.id = l.batch_id
WHERE l.state = 'staged' AND b.state = 'cancelled' LIMIT 10
