-- No upper bound: a use that is dated later, by another machine's clock, counts as well.
INSERT INTO risk_take (shop_id, name, key, at, until, subject_id)
SELECT %(shop)s, %(name)s::varchar, %(key)s::bigint, %(at)s, %(until)s, %(subject)s::uuid
WHERE (SELECT count(*) FROM (
    SELECT 1 FROM risk_take WHERE shop_id = %(shop)s AND name = %(name)s::varchar AND key = %(key)s::bigint AND at > %(since)s
    LIMIT greatest(%(limit)s::bigint, 0)) t) < %(limit)s::bigint
RETURNING id
