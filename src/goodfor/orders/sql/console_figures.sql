-- By day of the shop's time zone, of orders in one currency: placed, what was paid, what went back. Each day and state is one range of
-- orders_order_list, read from the index alone. Parts that went back of delivered orders are few, and come from an index of their own.
SELECT d.day::date, coalesce(sum(x.many), 0)::bigint AS placed,
       coalesce(sum(x.many) FILTER (WHERE s.paid), 0)::bigint, coalesce(sum(x.total) FILTER (WHERE s.paid), 0)::bigint,
       coalesce(sum(x.many) FILTER (WHERE s.back), 0)::bigint + min(p.many),
       coalesce(sum(x.total) FILTER (WHERE s.back), 0)::bigint + min(p.back)
  FROM generate_series(%(first)s::date::timestamp, %(last)s::date::timestamp, interval '1 day') AS d (day)
 CROSS JOIN (VALUES ('placed', false, false), ('paid', true, false), ('delivered', true, false), ('refunding', true, true),
                    ('refunded', true, true), ('cancelled', false, false), ('expired', false, false)) AS s (state, paid, back)
 CROSS JOIN LATERAL (
       SELECT count(*) AS many, sum(o.total_minor) AS total FROM orders_order o
        WHERE o.shop_id = %(shop_id)s AND o.state = s.state AND o.currency = %(currency)s AND o.placed_at >= d.day AT TIME ZONE %(zone)s
          AND o.placed_at < (d.day + interval '1 day') AT TIME ZONE %(zone)s) x
 CROSS JOIN LATERAL (
       SELECT count(*)::bigint AS many, coalesce(sum(o.refunded_minor), 0)::bigint AS back FROM orders_order o
        WHERE o.shop_id = %(shop_id)s AND o.state = 'delivered' AND o.refunded_minor > 0
          AND o.currency = %(currency)s
          AND o.placed_at >= d.day AT TIME ZONE %(zone)s
          AND o.placed_at < (d.day + interval '1 day') AT TIME ZONE %(zone)s) p
 GROUP BY d.day ORDER BY d.day
