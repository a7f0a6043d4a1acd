-- How fast the latest 500 delivered orders were, in seconds from paid to delivered, without those that were held after
-- they were paid; what waits past its time.
WITH latest AS (
    SELECT extract(epoch FROM o.delivered_at - o.paid_at) AS seconds
      FROM (SELECT id FROM orders_order WHERE shop_id = %(shop_id)s AND state = 'delivered'
             ORDER BY placed_at DESC, id DESC LIMIT 500) x
      JOIN orders_order o ON o.shop_id = %(shop_id)s AND o.id = x.id
     WHERE NOT EXISTS (SELECT FROM orders_hold h
                        WHERE h.shop_id = %(shop_id)s AND h.order_id = o.id AND h.ended_at > o.paid_at)
)
SELECT (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FROM latest),
       (SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds) FROM latest),
       (SELECT count(*) FROM (SELECT 1 FROM orders_order WHERE shop_id = %(shop_id)s AND state IN ('paid', 'refunding')
                                AND deliver_by < %(now)s LIMIT %(limit)s) x),
       (SELECT count(*) FROM (SELECT 1 FROM orders_order WHERE shop_id = %(shop_id)s AND state = 'refunding'
                               LIMIT %(limit)s) x)
