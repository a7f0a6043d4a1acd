-- Hours of all shops (shop_id) that no page reaches any more.
DELETE FROM risk_door_hour h USING (
    SELECT shop_id, door, hour FROM risk_door_hour WHERE hour < %(before)s ORDER BY hour LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED) old
WHERE h.shop_id = old.shop_id AND h.door = old.door AND h.hour = old.hour
