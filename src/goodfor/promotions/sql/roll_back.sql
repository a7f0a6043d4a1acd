-- promotions: what comes back of limits after refunds.
SELECT promotions_roll_back(%(shop_id)s, %(order_id)s, %(whole)s, %(minor)s, %(units)s::jsonb, true)
