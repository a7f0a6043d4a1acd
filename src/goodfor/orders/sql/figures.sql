-- What each shop has really done lately, over all shop_id, from the newest orders: the cost is bounded, whatever the history.
-- Seconds to delivery are counted from the moment of the payment, of orders that waited for one.
WITH newest AS MATERIALIZED (
    SELECT shop_id, state, secret_hash, paid_at, delivered_at FROM orders_order ORDER BY id DESC LIMIT %(limit)s
), delivered AS (
    SELECT shop_id, count(*) AS n,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM delivered_at - paid_at)) AS p50,
           percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM delivered_at - paid_at)) AS p95
    FROM newest WHERE delivered_at IS NOT NULL AND secret_hash IS NOT NULL GROUP BY shop_id
), refunded AS (
    SELECT shop_id, count(*) AS n,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM refunded_at - paid_at)) AS p50
    FROM (SELECT shop_id, paid_at, refunded_at FROM orders_order
          WHERE state = 'refunded' ORDER BY refunded_at DESC LIMIT %(limit)s) r
    GROUP BY shop_id
)
INSERT INTO orders_figures (shop_id, delivered, delivered_p50_seconds, delivered_p95_seconds, refunded,
                            refund_p50_seconds, counted_at)
SELECT coalesce(d.shop_id, r.shop_id), coalesce(d.n, 0), d.p50, d.p95, coalesce(r.n, 0), r.p50, %(now)s
FROM delivered d FULL JOIN refunded r ON r.shop_id = d.shop_id
ON CONFLICT (shop_id) DO UPDATE SET
    delivered = excluded.delivered, delivered_p50_seconds = excluded.delivered_p50_seconds,
    delivered_p95_seconds = excluded.delivered_p95_seconds, refunded = excluded.refunded,
    refund_p50_seconds = excluded.refund_p50_seconds, counted_at = excluded.counted_at
