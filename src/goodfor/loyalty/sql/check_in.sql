-- A member looks in: a row more than yesterday's, once a day. No row: he has already, or he has never bought anything.
INSERT INTO loyalty_checkin (shop_id, owner, day, streak, units, at)
SELECT %(shop_id)s::uuid, m.owner, %(day)s::date, coalesce(y.streak, 0) + 1,
       (%(table)s::bigint[])[least(coalesce(y.streak, 0) + 1, cardinality(%(table)s::bigint[]))], %(now)s::timestamptz
FROM loyalty_member m
LEFT JOIN loyalty_checkin y ON y.shop_id = m.shop_id AND y.owner = m.owner AND y.day = %(day)s::date - 1
WHERE m.shop_id = %(shop_id)s AND m.owner = %(owner)s
  AND EXISTS (SELECT FROM loyalty_deed d WHERE d.shop_id = m.shop_id AND d.owner = m.owner AND d.back_minor < d.paid_minor)
ON CONFLICT (shop_id, owner, day) DO NOTHING
RETURNING streak, units
