-- How many of some orders are in each state.
SELECT state, count(*) FROM orders_order WHERE shop_id = %(shop_id)s AND id = ANY (%(ids)s::uuid[]) GROUP BY state
