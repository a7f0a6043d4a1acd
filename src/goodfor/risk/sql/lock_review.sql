-- risk: one review for the rest of the transaction.
SELECT id FROM risk_review WHERE shop_id = %(shop_id)s AND id = %(id)s FOR UPDATE
