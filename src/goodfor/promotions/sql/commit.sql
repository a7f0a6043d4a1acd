-- promotions: what an order has reserved is used.
SELECT promotions_commit(%(shop_id)s, %(order_id)s, %(now)s)
