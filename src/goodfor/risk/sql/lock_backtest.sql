-- risk: one backtest for the rest of the transaction; nothing where somebody else is at it.
SELECT id FROM risk_backtest WHERE shop_id = %(shop_id)s AND id = %(id)s FOR UPDATE SKIP LOCKED
