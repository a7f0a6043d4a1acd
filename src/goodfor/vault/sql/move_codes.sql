-- vault: move locked codes from one state to another, with their counts: (count, opened lots).
WITH moved AS (
    UPDATE vault_code
    SET state = %(to_state)s::smallint,
        holder_id = CASE WHEN %(keep)s::bool THEN holder_id END,
        sold_at = CASE WHEN %(keep)s::bool THEN sold_at END,
        revealed_at = CASE WHEN %(keep)s::bool THEN revealed_at END,
        reserved_until = NULL
    WHERE shop_id = %(shop_id)s AND id = ANY (%(code_ids)s::uuid[]) AND state = %(from_state)s::smallint
    RETURNING id, sku_id, lot_id
), by_lot AS (
    SELECT sku_id, lot_id, count(*)::int AS codes FROM moved GROUP BY sku_id, lot_id
), delta AS (
    INSERT INTO vault_stock_delta (shop_id, sku_id, lot_id, free, reserved, sold, quarantined, void)
    SELECT %(shop_id)s, sku_id, lot_id,
           codes * ((%(to_state)s::smallint = 0)::int - (%(from_state)s::smallint = 0)::int),
           codes * ((%(to_state)s::smallint = 1)::int - (%(from_state)s::smallint = 1)::int),
           codes * ((%(to_state)s::smallint = 2)::int - (%(from_state)s::smallint = 2)::int),
           codes * ((%(to_state)s::smallint = 3)::int - (%(from_state)s::smallint = 3)::int),
           codes * ((%(to_state)s::smallint = 4)::int - (%(from_state)s::smallint = 4)::int)
    FROM by_lot
), opened AS (
    UPDATE vault_lot SET state = 'open'
    WHERE %(to_state)s::smallint = 0 AND id IN (SELECT lot_id FROM by_lot) AND shop_id = %(shop_id)s
      AND state = 'drained'
    RETURNING id
)
SELECT (SELECT coalesce(sum(codes), 0) FROM by_lot)::bigint, ARRAY(SELECT id FROM opened)
