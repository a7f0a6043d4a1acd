-- Buyers whose birthday is on one of some days, by id, from behind one of them on.
SELECT id, (extract(month FROM birthday) * 100 + extract(day FROM birthday))::int FROM identity_buyer
WHERE shop_id = %(shop_id)s AND birthday IS NOT NULL AND state = 'active'
  AND (extract(month FROM birthday) * 100 + extract(day FROM birthday)) = ANY(%(days)s::numeric[])
  AND (%(after)s::uuid IS NULL OR id > %(after)s::uuid)
ORDER BY id LIMIT %(limit)s
