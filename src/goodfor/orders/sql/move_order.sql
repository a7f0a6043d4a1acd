-- Move an order from one state to another; what is not given stays. A refund that had failed is over with the move.
UPDATE orders_order SET
    state = %(to_state)s,
    paid_at = coalesce(%(paid_at)s, paid_at),
    deliver_by = coalesce(%(deliver_by)s, deliver_by),
    payment_id = coalesce(%(payment_id)s::uuid, payment_id),
    paid_minor = coalesce(%(paid_minor)s, paid_minor),
    delivered_at = coalesce(%(delivered_at)s, delivered_at),
    closed_at = coalesce(%(closed_at)s, closed_at),
    refunded_at = coalesce(%(refunded_at)s, refunded_at),
    refunded_minor = coalesce(%(refunded_minor)s, refunded_minor),
    refund_failed_at = NULL
WHERE shop_id = %(shop_id)s AND id = %(order_id)s AND state = %(from_state)s
