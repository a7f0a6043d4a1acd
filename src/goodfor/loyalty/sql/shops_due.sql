-- loyalty: shops with points or tiers whose run of their day is not through, and behind which member it goes on.
SELECT s.id, (%(now)s::timestamptz AT TIME ZONE s.timezone)::date,
       CASE WHEN r.day = (%(now)s::timestamptz AT TIME ZONE s.timezone)::date THEN r.after END
FROM identity_shop s
LEFT JOIN loyalty_run r ON r.shop_id = s.id AND r.name = %(name)s
WHERE (EXISTS (SELECT FROM loyalty_tiers t WHERE t.shop_id = s.id) OR EXISTS (SELECT FROM loyalty_terms t WHERE t.shop_id = s.id))
  AND (r.day IS NULL OR r.day < (%(now)s::timestamptz AT TIME ZONE s.timezone)::date OR NOT r.through)
ORDER BY s.id
