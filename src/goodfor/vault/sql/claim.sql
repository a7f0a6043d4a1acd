-- vault: exactly `quantity` free codes to a holder, reserved (1) or sold (2), or none at all: (count, summed unit cost).
-- Lots in the order use-first, earliest expiry, oldest; codes in the order of their file.
WITH lots AS MATERIALIZED (
    SELECT id, unit_cost_minor, first_free_id
    FROM vault_lot
    WHERE shop_id = %(shop_id)s AND sku_id = %(sku_id)s AND state = 'open'
      AND (expires_at IS NULL OR expires_at > %(good_until)s)
    ORDER BY use_first DESC, expires_at, id
), picked AS MATERIALIZED (
    SELECT c.id
    FROM lots l
    CROSS JOIN LATERAL (
        SELECT id
        FROM vault_code
        -- As a range of (lot_id, id), so that only the index of free codes can give the order: by equality the planner
        -- may walk the primary key through everything that was sold or belongs to others.
        WHERE state = 0 AND shop_id = %(shop_id)s
          AND (lot_id, id) >= (l.id, CASE WHEN %(from_start)s::bool OR l.first_free_id IS NULL
                                          THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE l.first_free_id END)
          AND (lot_id, id) <= (l.id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
        ORDER BY lot_id, id
        LIMIT %(quantity)s::bigint
        FOR UPDATE SKIP LOCKED
    ) c
    WHERE NOT EXISTS (
        SELECT 1 FROM vault_code h
        WHERE h.shop_id = %(shop_id)s AND h.holder_id = %(holder_id)s AND h.state IN (1, 2)
    )
    LIMIT %(quantity)s::bigint
), claimed AS (
    -- By an array, so that no plan ever joins the whole table.
    UPDATE vault_code
    SET state = %(state)s::smallint, holder_id = %(holder_id)s,
        reserved_until = %(reserved_until)s::timestamptz, sold_at = %(sold_at)s::timestamptz
    WHERE id = ANY (ARRAY(SELECT id FROM picked)) AND shop_id = %(shop_id)s AND state = 0
      AND (SELECT count(*) FROM picked) = %(quantity)s::bigint
    RETURNING lot_id
), by_lot AS (
    SELECT lot_id, count(*)::int AS codes FROM claimed GROUP BY lot_id
), delta AS (
    INSERT INTO vault_stock_delta (shop_id, sku_id, lot_id, free, reserved, sold)
    SELECT %(shop_id)s, %(sku_id)s, lot_id, -codes,
           CASE WHEN %(state)s::smallint = 1 THEN codes ELSE 0 END, CASE WHEN %(state)s::smallint = 2 THEN codes ELSE 0 END
    FROM by_lot
)
SELECT coalesce(sum(b.codes), 0)::bigint, coalesce(sum(b.codes * l.unit_cost_minor), 0)::bigint
FROM by_lot b JOIN lots l ON l.id = b.lot_id
