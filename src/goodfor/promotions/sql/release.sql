-- promotions: what an order has reserved is free again.
SELECT promotions_release(%(shop_id)s, %(order_id)s, %(now)s)
