-- Answers of all shops (shop_id) that no window reaches any more; with them goes what was kept of passwords.
DELETE FROM risk_door_answer WHERE id IN (
    SELECT id FROM risk_door_answer WHERE at < %(before)s ORDER BY at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
