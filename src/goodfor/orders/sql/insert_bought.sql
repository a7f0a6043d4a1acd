-- An order of one line that is paid and delivered at once, with its history and its event, in one statement.
WITH bought AS (
    INSERT INTO orders_order (
        id, shop_id, number, state, channel, client_id, external_ref, locale, total_minor, paid_minor, refunded_minor,
        currency, payment_id, placed_at, pay_by, paid_at, deliver_by, delivered_at)
    VALUES (
        %(order_id)s, %(shop_id)s, %(number)s, 'delivered', 'api', %(client_id)s, %(external_ref)s, '', %(total_minor)s,
        %(total_minor)s, 0, %(currency)s, %(payment_id)s, %(now)s, %(now)s, %(now)s, %(now)s, %(now)s)
), line AS (
    INSERT INTO orders_line (id, shop_id, order_id, position, sku_id, title, quantity, unit_price_minor)
    VALUES (%(line_id)s, %(shop_id)s, %(order_id)s, 1, %(sku_id)s, %(title)s, %(quantity)s, %(unit_price)s)
), history AS (
    INSERT INTO kernel_history (shop_id, machine, subject_id, step, from_state, to_state, actor, cause, at)
    SELECT %(shop_id)s::uuid, 'order', %(order_id)s::uuid, m.step, m.from_state, m.to_state,
           'client:' || %(client_id)s::uuid, 'balance', %(now)s::timestamptz
    FROM (VALUES (1, NULL, 'placed'), (2, 'placed', 'paid'), (3, 'paid', 'delivered')) AS m (step, from_state, to_state)
)
INSERT INTO kernel_event (shop_id, name, version, payload, occurred_at)
VALUES (%(shop_id)s, 'orders.order_delivered', 1, %(event)s::text::jsonb, %(now)s)
