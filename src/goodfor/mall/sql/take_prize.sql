-- One piece less of a prize, as long as there is one. No row: all were won.
UPDATE mall_prize SET won = won + 1
WHERE shop_id = %(shop_id)s AND id = %(prize_id)s AND (stock IS NULL OR won < stock)
RETURNING won
