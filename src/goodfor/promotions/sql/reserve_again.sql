-- promotions: what an order had before it was released, once more; false where a part of it is gone.
SELECT promotions_reserve_again(%(shop_id)s, %(order_id)s, %(now)s)
