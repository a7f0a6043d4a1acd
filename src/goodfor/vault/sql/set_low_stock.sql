-- vault: a SKU's own threshold, NULL for the shop's; (shop) when it is a new one. The bell is armed again by the next look
-- that finds enough.
INSERT INTO vault_stock_watch AS w (shop_id, sku_id, threshold, armed)
VALUES (%(shop_id)s, %(sku_id)s, %(threshold)s::bigint, false)
ON CONFLICT (shop_id, sku_id) DO UPDATE SET threshold = excluded.threshold, armed = false
WHERE w.threshold IS DISTINCT FROM excluded.threshold
RETURNING shop_id
