DELETE FROM risk_take WHERE id IN (
    SELECT id FROM risk_take WHERE until < %(now)s ORDER BY until LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
