-- Orders first..last of `total`, spread over `days` before `until`; ids ascend with time as UUIDv7 do.
WITH n AS (
    SELECT i, %(until)s::timestamptz - make_interval(secs => %(days)s * 86400.0 * (%(total)s - i) / %(total)s) AS at,
           md5('a' || i) AS noise, (i * 7919) %% 1000 AS luck
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS i
), made AS MATERIALIZED (
    SELECT i, at, (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || left(noise, 3) || '8'
                   || substr(noise, 4, 15))::uuid AS id, md5('l' || i)::uuid AS line_id,
           (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || left(noise, 3) || '9'
                   || substr(noise, 4, 15))::uuid AS payment_id,
           CASE WHEN luck < 890 THEN 'delivered' WHEN luck < 930 THEN 'refunded' WHEN luck < 970 THEN 'expired'
                WHEN luck < 990 THEN 'cancelled' WHEN luck < 994 THEN 'paid' WHEN luck < 998 THEN 'refunding'
                ELSE 'placed' END AS state,
           CASE WHEN i %% 2 = 0 THEN 'api' ELSE 'storefront' END AS channel,
           (%(skus)s::uuid[])[1 + i %% cardinality(%(skus)s::uuid[])] AS sku_id, 1 + i %% 3 AS quantity,
           (500 + (i * 37) %% 40000) AS price
    FROM n
), paid AS MATERIALIZED (
    SELECT *, state IN ('delivered', 'refunded', 'paid', 'refunding') AS is_paid, quantity * price AS total FROM made
), orders AS (
    INSERT INTO orders_order (id, shop_id, number, state, channel, buyer_ref, client_id, external_ref, contact_index, locale,
        total_minor, paid_minor, refunded_minor, currency, payment_id, placed_at, pay_by, paid_at, deliver_by, delivered_at,
        closed_at, refunded_at)
    SELECT id, %(shop)s, 'P' || i, state, channel, CASE WHEN channel = 'storefront' THEN 'g' || i %% 50000 END,
           CASE WHEN channel = 'api' THEN %(client)s::uuid END, CASE WHEN channel = 'api' THEN 'past-' || i END,
           CASE WHEN channel = 'storefront' THEN decode(md5('c' || i %% 50000), 'hex') END, '',
           total, CASE WHEN is_paid THEN total ELSE 0 END, CASE WHEN state = 'refunded' THEN total ELSE 0 END, 'CNY',
           CASE WHEN is_paid THEN payment_id END, at, at + interval '15 minutes',
           CASE WHEN is_paid THEN at + interval '20 seconds' END, CASE WHEN is_paid THEN at + interval '1 hour' END,
           CASE WHEN state IN ('delivered', 'refunded', 'refunding') THEN at + interval '21 seconds' END,
           CASE WHEN state IN ('cancelled', 'expired') THEN at + interval '15 minutes' END,
           CASE WHEN state = 'refunded' THEN at + interval '1 day' END
    FROM paid
), lines AS (
    INSERT INTO orders_line (id, shop_id, order_id, position, sku_id, title, quantity, unit_price_minor)
    SELECT line_id, %(shop)s, id, 1, sku_id, '往日的商品 ' || i %% 10, quantity, price FROM paid
), payments AS (
    INSERT INTO payments_payment (id, shop_id, account_id, provider, account_code, number, source_type, source_id, settles,
        amount_minor, currency, captured_minor, refunded_minor, state, method, channel_ref, wallet_account, request, failure,
        created_at, succeeded_at, poll_count)
    SELECT payment_id, %(shop)s, %(account)s, 'balance', 'balance', 'Y' || i, 'order', id, CASE WHEN is_paid THEN true END,
           total, 'CNY', CASE WHEN is_paid THEN total ELSE 0 END, 0, CASE WHEN is_paid THEN 'succeeded' ELSE 'closed' END,
           CASE WHEN i %% 3 = 0 THEN 'wxpay' ELSE 'alipay' END, CASE WHEN is_paid THEN 'ch-' || i ELSE '' END, '', '{}', '',
           at, CASE WHEN is_paid THEN at + interval '20 seconds' END, 0
    FROM paid
)
INSERT INTO kernel_history (shop_id, machine, subject_id, step, from_state, to_state, actor, cause, at)
SELECT %(shop)s, 'order', id, 1, NULL, 'placed', 'past', 'past', at FROM paid
