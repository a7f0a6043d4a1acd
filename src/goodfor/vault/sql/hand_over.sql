-- vault: what one holder has reserved is sold to another, exactly `quantity` codes or none: (count, summed unit cost).
WITH held AS MATERIALIZED (
    SELECT c.id, c.sku_id, c.lot_id, l.unit_cost_minor
    FROM vault_code c JOIN vault_lot l ON l.id = c.lot_id
    WHERE c.shop_id = %(shop_id)s AND c.holder_id = %(from_holder)s AND c.state = 1
      AND l.shop_id = %(shop_id)s AND l.state <> 'quarantined' AND (l.expires_at IS NULL OR l.expires_at > %(now)s)
    ORDER BY c.id
    FOR UPDATE OF c
), sold AS (
    UPDATE vault_code
    SET state = 2, holder_id = %(to_holder)s, reserved_until = NULL, sold_at = %(now)s
    WHERE id = ANY (ARRAY(SELECT id FROM held)) AND shop_id = %(shop_id)s AND state = 1
      AND (SELECT count(*) FROM held) = %(quantity)s::bigint
    RETURNING id
), by_lot AS (
    SELECT h.sku_id, h.lot_id, count(*)::int AS codes, sum(h.unit_cost_minor) AS cost_minor
    FROM held h WHERE EXISTS (SELECT 1 FROM sold)
    GROUP BY h.sku_id, h.lot_id
), delta AS (
    INSERT INTO vault_stock_delta (shop_id, sku_id, lot_id, reserved, sold)
    SELECT %(shop_id)s, sku_id, lot_id, -codes, codes FROM by_lot
)
SELECT coalesce(sum(codes), 0)::bigint, coalesce(sum(cost_minor), 0)::bigint FROM by_lot
