-- The reserve of a shop, locked: who draws on it reads the balance and posts before anybody else does.
SELECT pool, currency FROM aftersales_reserve_rate WHERE shop_id = %(shop_id)s FOR NO KEY UPDATE
