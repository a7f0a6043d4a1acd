-- The figures that the loop counted last.
SELECT delivered, delivered_p50_seconds, delivered_p95_seconds, refunded, refund_p50_seconds, codes, codes_claimed,
       refunded_alone, counted_at
FROM orders_figures WHERE shop_id = %(shop_id)s
