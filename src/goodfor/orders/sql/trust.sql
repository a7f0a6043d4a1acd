-- The figures that the loop counted last.
SELECT delivered_p50_seconds, refund_p50_seconds FROM orders_figures WHERE shop_id = %(shop_id)s
