-- loyalty: shops with news for members, and the hour there.
SELECT s.id, extract(hour FROM %(now)s::timestamptz AT TIME ZONE s.timezone)::int
FROM identity_shop s
WHERE EXISTS (SELECT FROM loyalty_notice n WHERE n.shop_id = s.id AND n.told_at IS NULL)
ORDER BY s.id
