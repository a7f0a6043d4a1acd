-- Days, of every shop_id, of whose orders something is told in [after, upto): they are counted again.
INSERT INTO insights_dirty (shop_id, day, since)
SELECT DISTINCT e.shop_id, (o.placed_at AT TIME ZONE 'Asia/Shanghai')::date, %(now)s::timestamptz
  FROM (SELECT shop_id, CASE WHEN payload ->> 'order_id' ~ '^[0-9a-f-]{36}$' THEN (payload ->> 'order_id')::uuid END AS order_id
          FROM kernel_event
         WHERE xid >= %(after)s::text::xid8 AND xid < %(upto)s::text::xid8
           AND (starts_with(name, 'orders.') OR starts_with(name, 'aftersales.'))) e
  JOIN orders_order o ON o.shop_id = e.shop_id AND o.id = e.order_id
ON CONFLICT DO NOTHING
