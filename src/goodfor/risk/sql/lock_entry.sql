-- risk: one entry of a list for the rest of the transaction.
SELECT id FROM risk_list_entry WHERE shop_id = %(shop_id)s AND id = %(id)s FOR UPDATE
