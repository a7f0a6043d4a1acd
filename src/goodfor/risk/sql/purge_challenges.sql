-- Used challenges of all shops that are too old to open anything anyway.
DELETE FROM risk_used_challenge d USING (
    SELECT shop_id, nonce FROM risk_used_challenge WHERE until < %(before)s ORDER BY until LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED) old
WHERE d.shop_id = old.shop_id AND d.nonce = old.nonce
