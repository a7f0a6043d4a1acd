-- promotions: one batch of coupons for the rest of the transaction.
SELECT id FROM promotions_batch WHERE shop_id = %(shop_id)s AND id = %(id)s FOR UPDATE
