-- Keys of all shops that were quiet for longer than anything lasts.
DELETE FROM risk_door_key d USING (
    SELECT shop_id, door, kind, key FROM risk_door_key
    WHERE day < %(before)s AND (open_at IS NULL OR open_at < %(now)s) ORDER BY day LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED) old
WHERE d.shop_id = old.shop_id AND d.door = old.door AND d.kind = old.kind AND d.key = old.key
