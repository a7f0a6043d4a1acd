-- Ids ascend with the time in which a key was seen first: those that are young need not be looked at.
DELETE FROM risk_entity WHERE id IN (
    SELECT id FROM risk_entity WHERE id < %(floor)s AND last_at < %(before)s ORDER BY id LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED)
