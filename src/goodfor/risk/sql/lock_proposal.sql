-- risk: one proposal for the rest of the transaction.
SELECT id FROM risk_proposal WHERE shop_id = %(shop_id)s AND id = %(id)s FOR UPDATE
