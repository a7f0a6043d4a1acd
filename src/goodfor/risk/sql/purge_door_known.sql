-- Devices of all shops that were not here for half a year.
DELETE FROM risk_door_known d USING (
    SELECT shop_id, door, key FROM risk_door_known WHERE last_at < %(before)s ORDER BY last_at LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED) old
WHERE d.shop_id = old.shop_id AND d.door = old.door AND d.key = old.key
