-- risk: one rule for the rest of the transaction.
SELECT id FROM risk_rule WHERE shop_id = %(shop_id)s AND id = %(id)s FOR UPDATE
