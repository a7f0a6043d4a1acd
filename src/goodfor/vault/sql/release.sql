-- vault: what a holder has reserved becomes free again; lots that were drained meanwhile open. (count, opened lots)
WITH held AS MATERIALIZED (
    SELECT id FROM vault_code
    WHERE shop_id = %(shop_id)s AND holder_id = %(holder_id)s AND state = 1
    ORDER BY id
    FOR UPDATE
), freed AS (
    UPDATE vault_code SET state = 0, holder_id = NULL, reserved_until = NULL
    WHERE id = ANY (ARRAY(SELECT id FROM held)) AND shop_id = %(shop_id)s AND state = 1
    RETURNING sku_id, lot_id
), by_lot AS (
    SELECT sku_id, lot_id, count(*)::int AS codes FROM freed GROUP BY sku_id, lot_id
), delta AS (
    INSERT INTO vault_stock_delta (shop_id, sku_id, lot_id, free, reserved)
    SELECT %(shop_id)s, sku_id, lot_id, codes, -codes FROM by_lot
), opened AS (
    UPDATE vault_lot SET state = 'open'
    WHERE id IN (SELECT lot_id FROM by_lot) AND shop_id = %(shop_id)s AND state = 'drained'
    RETURNING id
)
SELECT (SELECT coalesce(sum(codes), 0) FROM by_lot)::bigint, ARRAY(SELECT id FROM opened)
