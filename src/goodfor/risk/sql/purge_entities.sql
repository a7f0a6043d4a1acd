DELETE FROM risk_entity WHERE id IN (
    SELECT id FROM risk_entity WHERE last_at < %(before)s ORDER BY last_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
