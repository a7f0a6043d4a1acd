-- What each shop has really done lately, over all shop_id, from the newest orders: the cost is bounded, whatever the history.
-- Seconds to delivery are counted from the moment of the payment, of orders that waited for one and were not held after
-- it: a wait on purpose says nothing about how fast codes come. Seconds of a refund are counted from
-- the moment it was decided; a part of a price that went back is a refund like any other. Codes said to be bad are those
-- of claims that were neither taken back nor refused, each code once.
WITH newest AS MATERIALIZED (
    SELECT shop_id, id, state, secret_hash, paid_at, delivered_at FROM orders_order ORDER BY id DESC LIMIT %(limit)s
), delivered AS (
    SELECT n.shop_id, count(*) AS n,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM n.delivered_at - n.paid_at))
               FILTER (WHERE h.order_id IS NULL) AS p50,
           percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM n.delivered_at - n.paid_at))
               FILTER (WHERE h.order_id IS NULL) AS p95
    FROM newest n LEFT JOIN orders_hold h ON h.shop_id = n.shop_id AND h.order_id = n.id AND h.ended_at > n.paid_at
    WHERE n.delivered_at IS NOT NULL AND n.secret_hash IS NOT NULL GROUP BY n.shop_id
), sold AS (
    SELECT n.shop_id, sum(l.quantity) AS codes
    FROM newest n JOIN orders_line l ON l.order_id = n.id AND l.shop_id = n.shop_id
    WHERE n.delivered_at IS NOT NULL GROUP BY n.shop_id
), bad AS (
    SELECT n.shop_id, count(DISTINCT code) AS codes
    FROM newest n JOIN orders_claim c ON c.order_id = n.id AND c.shop_id = n.shop_id, unnest(c.code_ids) AS code
    WHERE c.state NOT IN ('withdrawn', 'rejected') AND c.reason = ANY(%(faults)s) GROUP BY n.shop_id
), back AS MATERIALIZED (
    SELECT shop_id, id, refunded_at FROM orders_order
    WHERE state = 'refunded' ORDER BY refunded_at DESC LIMIT %(limit)s
), part AS MATERIALIZED (
    SELECT shop_id, by_staff, extract(epoch FROM back_at - decided_at) AS seconds FROM orders_part
    WHERE back_at IS NOT NULL ORDER BY back_at DESC LIMIT %(limit)s
), refunded AS (
    SELECT shop_id, count(*) AS n, count(*) FILTER (WHERE alone) AS alone,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS p50
    FROM (
        SELECT b.shop_id, h.actor NOT LIKE 'staff:%%' AS alone, extract(epoch FROM b.refunded_at - h.at) AS seconds
        FROM back b LEFT JOIN LATERAL (
            SELECT h.actor, h.at FROM kernel_history h
            WHERE h.subject_id = b.id AND h.shop_id = b.shop_id AND h.machine = 'order' AND h.to_state = 'refunding'
            ORDER BY h.at DESC LIMIT 1) h ON true
        UNION ALL
        SELECT shop_id, NOT by_staff, seconds FROM part
    ) every
    GROUP BY shop_id
)
INSERT INTO orders_figures (shop_id, delivered, delivered_p50_seconds, delivered_p95_seconds, refunded,
                            refund_p50_seconds, codes, codes_claimed, refunded_alone, counted_at)
SELECT coalesce(d.shop_id, s.shop_id, r.shop_id), coalesce(d.n, 0), d.p50, d.p95, coalesce(r.n, 0), r.p50,
       coalesce(s.codes, 0), least(coalesce(b.codes, 0), coalesce(s.codes, 0)), coalesce(r.alone, 0), %(now)s
FROM delivered d
FULL JOIN sold s ON s.shop_id = d.shop_id
FULL JOIN refunded r ON r.shop_id = coalesce(d.shop_id, s.shop_id)
LEFT JOIN bad b ON b.shop_id = coalesce(d.shop_id, s.shop_id)
ON CONFLICT (shop_id) DO UPDATE SET
    delivered = excluded.delivered, delivered_p50_seconds = excluded.delivered_p50_seconds,
    delivered_p95_seconds = excluded.delivered_p95_seconds, refunded = excluded.refunded,
    refund_p50_seconds = excluded.refund_p50_seconds, codes = excluded.codes, codes_claimed = excluded.codes_claimed,
    refunded_alone = excluded.refunded_alone, counted_at = excluded.counted_at
