-- promotions: one campaign for the rest of the transaction.
SELECT id FROM promotions_campaign WHERE shop_id = %(shop_id)s AND id = %(id)s FOR UPDATE
