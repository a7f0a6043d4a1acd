-- insights, platform job: every shop_id that has sold something since a day.
SELECT s.id FROM identity_shop s
 WHERE EXISTS (SELECT FROM insights_cube c WHERE c.shop_id = s.id AND c.grain = 't' AND c.day >= %(first)s::date)
 ORDER BY s.id
