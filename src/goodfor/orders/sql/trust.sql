-- What a shop has really done lately: median seconds from payment to delivery, median seconds of a refund.
SELECT (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM delivered_at - paid_at))
        FROM (SELECT paid_at, delivered_at FROM orders_order
              WHERE shop_id = %(shop_id)s AND state = 'delivered' ORDER BY id DESC LIMIT 500) d),
       (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM refunded_at - paid_at))
        FROM (SELECT paid_at, refunded_at FROM orders_order
              WHERE shop_id = %(shop_id)s AND state = 'refunded' ORDER BY id DESC LIMIT 500) r)
