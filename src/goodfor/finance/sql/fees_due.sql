-- finance: the next fees of a bill that are not booked. Who bears one is known once its order's delivery was followed: what
-- is paid and not delivered yet waits, and what is delivered and not followed yet. As in bills_due.sql.
SELECT f.line, f.amount_minor, f.order_id, f.happened_at, coalesce(o.channel, '')
  FROM finance_fee f
  LEFT JOIN orders_order o ON o.shop_id = f.shop_id AND o.id = f.order_id
 WHERE f.shop_id = %(shop_id)s AND f.bill_id = %(bill_id)s AND f.booked_at IS NULL
   AND (o.id IS NULL OR o.state <> 'paid' AND o.delivered_at IS NULL
        OR EXISTS (SELECT FROM finance_order d
                    WHERE d.shop_id = f.shop_id AND d.order_id = f.order_id AND d.delivered_at IS NOT NULL))
 ORDER BY f.line
 LIMIT %(limit)s
