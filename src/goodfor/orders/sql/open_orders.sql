-- Lines of the unpaid open orders of one buyer (mine) and from one address (here). Each half walks its own index of open
-- orders and ends far above the caps of place_order: neither the history of a buyer nor what others have open is read.
-- The sub-selects hide the values from the planner, which from a buyer's long history would expect many open orders.
WITH mine AS MATERIALIZED (
    SELECT id FROM orders_order
    WHERE shop_id = %(shop_id)s AND state = 'placed' AND buyer_ref = (SELECT %(buyer_ref)s::text) LIMIT 100
), here AS MATERIALIZED (
    SELECT id FROM orders_order
    WHERE shop_id = %(shop_id)s AND state = 'placed' AND ip_hash = (SELECT %(ip_hash)s::bytea) LIMIT 100
), held AS (
    SELECT id, bool_or(is_mine) AS is_mine, bool_or(is_here) AS is_here
    FROM (SELECT id, true, false FROM mine UNION ALL SELECT id, false, true FROM here) AS both_ways (id, is_mine, is_here)
    GROUP BY id
)
SELECT held.id, held.is_mine, held.is_here, l.sku_id, l.quantity
FROM held JOIN orders_line l ON l.order_id = held.id AND l.shop_id = %(shop_id)s
