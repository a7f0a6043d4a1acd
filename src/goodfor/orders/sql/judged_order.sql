-- What is judged of an order that money came for. No lock: what is decided of it is decided again under the lock.
SELECT o.id, o.number, o.state, o.buyer_ref, o.client_id, o.pay_by, o.closed_at, o.payment_id,
       (SELECT array_agg(l.sku_id ORDER BY l.position) FROM orders_line l
        WHERE l.shop_id = o.shop_id AND l.order_id = o.id),
       (SELECT array_agg(l.unit_price_minor ORDER BY l.position) FROM orders_line l
        WHERE l.shop_id = o.shop_id AND l.order_id = o.id),
       (SELECT sum(l.quantity) FROM orders_line l WHERE l.shop_id = o.shop_id AND l.order_id = o.id)
FROM orders_order o WHERE o.shop_id = %(shop_id)s AND o.id = %(order_id)s
