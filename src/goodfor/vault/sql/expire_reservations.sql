-- vault, platform job: reservations that outlived their time become free again: (shop, holder, count) of each.
WITH due AS MATERIALIZED (
    SELECT id, shop_id, holder_id FROM vault_code
    WHERE reserved_until < %(before)s
    ORDER BY reserved_until
    LIMIT %(limit)s::bigint
    FOR UPDATE SKIP LOCKED
), freed AS (
    UPDATE vault_code SET state = 0, holder_id = NULL, reserved_until = NULL
    WHERE id = ANY (ARRAY(SELECT id FROM due)) AND state = 1
    RETURNING id, shop_id, sku_id, lot_id
), delta AS (
    INSERT INTO vault_stock_delta (shop_id, sku_id, lot_id, free, reserved)
    SELECT shop_id, sku_id, lot_id, count(*), -count(*) FROM freed GROUP BY shop_id, sku_id, lot_id
)
SELECT d.shop_id, d.holder_id, count(*)::bigint
FROM due d JOIN freed f ON f.id = d.id GROUP BY d.shop_id, d.holder_id
