-- vault: sold codes out of their holders' hands, which stay on record; those set aside already remain as they are.
-- (found, not with a holder, pulled now)
WITH held AS MATERIALIZED (
    SELECT id, state, sold_at FROM vault_code
    WHERE shop_id = %(shop_id)s AND id = ANY (%(code_ids)s::uuid[])
    ORDER BY id
    FOR UPDATE
), pulled AS (
    UPDATE vault_code SET state = 3
    WHERE id = ANY (ARRAY(SELECT id FROM held WHERE state = 2)) AND shop_id = %(shop_id)s AND state = 2
    RETURNING id, sku_id, lot_id
), by_lot AS (
    SELECT sku_id, lot_id, count(*)::int AS codes FROM pulled GROUP BY sku_id, lot_id
), delta AS (
    INSERT INTO vault_stock_delta (shop_id, sku_id, lot_id, sold, quarantined)
    SELECT %(shop_id)s, sku_id, lot_id, -codes, codes FROM by_lot
)
SELECT (SELECT count(*) FROM held)::bigint, (SELECT count(*) FROM held WHERE sold_at IS NULL)::bigint,
       (SELECT count(*) FROM pulled)::bigint
