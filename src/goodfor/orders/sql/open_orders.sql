-- Lines of the unpaid open orders of one buyer (mine), from one address (here) and of one API client. Each part walks its
-- own index of open orders and ends above the caps of place_order: neither history nor what others have open is read.
-- The sub-selects hide the values from the planner, which from a buyer's long history would expect many open orders.
WITH mine AS MATERIALIZED (
    SELECT id FROM orders_order
    WHERE shop_id = %(shop_id)s AND state = 'placed' AND buyer_ref = (SELECT %(buyer_ref)s::text) LIMIT 100
), here AS MATERIALIZED (
    SELECT id FROM orders_order
    WHERE shop_id = %(shop_id)s AND state = 'placed' AND ip_hash = (SELECT %(ip_hash)s::bytea) LIMIT 100
), client AS MATERIALIZED (
    SELECT id FROM orders_order
    WHERE shop_id = %(shop_id)s AND state = 'placed' AND client_id = (SELECT %(client_id)s::uuid) LIMIT 600
), held AS (
    SELECT id, bool_or(is_mine) AS is_mine, bool_or(is_here) AS is_here, bool_or(is_client) AS is_client
    FROM (SELECT id, true, false, false FROM mine UNION ALL SELECT id, false, true, false FROM here
          UNION ALL SELECT id, false, false, true FROM client) AS ways (id, is_mine, is_here, is_client)
    GROUP BY id
)
SELECT held.id, held.is_mine, held.is_here, l.sku_id, l.quantity, held.is_client
FROM held JOIN orders_line l ON l.order_id = held.id AND l.shop_id = %(shop_id)s
