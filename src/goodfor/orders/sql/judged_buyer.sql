-- What a buyer's newest orders say: how many wait for money, were paid, were never paid, were paid in the last seconds of
-- their time; and by which payments.
WITH mine AS MATERIALIZED (
    SELECT state, placed_at, pay_by, paid_at, payment_id, id FROM orders_order
    WHERE shop_id = %(shop_id)s AND buyer_ref = %(buyer_ref)s::text ORDER BY buyer_ref, id DESC LIMIT %(limit)s
), lately AS (
    SELECT * FROM mine WHERE placed_at > %(since)s
)
SELECT count(*) FILTER (WHERE state = 'placed'),
       count(*) FILTER (WHERE paid_at IS NOT NULL),
       count(*) FILTER (WHERE paid_at IS NULL AND state IN ('cancelled', 'expired')),
       count(*) FILTER (WHERE paid_at > pay_by - interval '10 seconds' AND paid_at <= pay_by),
       (SELECT array_agg(p.payment_id) FROM (SELECT payment_id FROM mine WHERE payment_id IS NOT NULL
                                             ORDER BY id DESC LIMIT 20) p)
FROM lately
