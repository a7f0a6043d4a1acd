-- insights, platform job: when the flow is counted for the first time, every day of every shop_id that has orders.
INSERT INTO insights_dirty (shop_id, day, since)
SELECT s.id, d.day::date, %(now)s
  FROM identity_shop s
 CROSS JOIN LATERAL (SELECT min(o.placed_at) AS first, max(o.placed_at) AS last FROM orders_order o WHERE o.shop_id = s.id) o
 CROSS JOIN LATERAL generate_series((o.first AT TIME ZONE 'Asia/Shanghai')::date, (o.last AT TIME ZONE 'Asia/Shanghai')::date,
                                    interval '1 day') AS d(day)
ON CONFLICT DO NOTHING
