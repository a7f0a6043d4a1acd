-- vault: sold codes of a holder that nobody has seen become free again: (count, summed unit cost, opened lots).
WITH held AS MATERIALIZED (
    SELECT id FROM vault_code
    WHERE shop_id = %(shop_id)s AND holder_id = %(holder_id)s AND state = 2
      AND revealed_at IS NULL AND NOT id = ANY (%(seen)s::uuid[])
    ORDER BY id
    FOR UPDATE
), freed AS (
    UPDATE vault_code SET state = 0, holder_id = NULL, sold_at = NULL
    WHERE id = ANY (ARRAY(SELECT id FROM held)) AND shop_id = %(shop_id)s AND state = 2 AND revealed_at IS NULL
    RETURNING sku_id, lot_id
), by_lot AS (
    SELECT sku_id, lot_id, count(*)::int AS codes FROM freed GROUP BY sku_id, lot_id
), delta AS (
    INSERT INTO vault_stock_delta (shop_id, sku_id, lot_id, free, sold)
    SELECT %(shop_id)s, sku_id, lot_id, codes, -codes FROM by_lot
), opened AS (
    UPDATE vault_lot SET state = 'open'
    WHERE id IN (SELECT lot_id FROM by_lot) AND shop_id = %(shop_id)s AND state = 'drained'
    RETURNING id
)
SELECT coalesce(sum(b.codes), 0)::bigint, coalesce(sum(b.codes * l.unit_cost_minor), 0)::bigint,
       ARRAY(SELECT id FROM opened)
FROM by_lot b JOIN vault_lot l ON l.id = b.lot_id AND l.shop_id = %(shop_id)s
