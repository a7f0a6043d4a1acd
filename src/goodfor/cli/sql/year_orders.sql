-- Orders that are paid and delivered at once, with lines, payment, fact and history, as buying from a balance leaves them
-- (insert_bought.sql, pay_by_balance.sql); without a wallet: as a channel's confirmed fact does. Without their events.
WITH o AS MATERIALIZED (
    SELECT * FROM unnest(%(ids)s::uuid[], %(numbers)s::text[], %(clients)s::uuid[], %(wallets)s::text[], %(totals)s::bigint[],
                         %(payments)s::uuid[], %(facts)s::uuid[], %(ats)s::timestamptz[])
           AS t (id, number, client_id, wallet, total, payment_id, fact_id, at)
), orders AS (
    INSERT INTO orders_order (
        id, shop_id, number, state, channel, client_id, locale, total_minor, paid_minor, refunded_minor, currency, payment_id,
        placed_at, pay_by, paid_at, deliver_by, delivered_at)
    SELECT id, %(shop_id)s, number, 'delivered', 'api', client_id, '', total, total, 0, 'CNY', payment_id, at, at, at, at, at
      FROM o
), lines AS (
    INSERT INTO orders_line (id, shop_id, order_id, position, sku_id, title, quantity, unit_price_minor)
    SELECT l.id, %(shop_id)s, l.order_id, l.position, l.sku_id, l.title, l.quantity, l.price
      FROM unnest(%(line_ids)s::uuid[], %(line_orders)s::uuid[], %(positions)s::int[], %(line_skus)s::uuid[],
                  %(titles)s::text[], %(quantities)s::int[], %(prices)s::bigint[])
           AS l (id, order_id, position, sku_id, title, quantity, price)
), payments AS (
    INSERT INTO payments_payment (
        id, shop_id, account_id, provider, account_code, number, source_type, source_id, settles, amount_minor, currency,
        captured_minor, refunded_minor, state, method, channel_ref, wallet_account, request, failure, created_at,
        succeeded_at, poll_count)
    SELECT payment_id, %(shop_id)s, a.id, a.provider, a.code, 'P' || substr(o.number, 2), 'order', o.id, true, total, 'CNY',
           total, 0, 'succeeded', a.method, 'P' || substr(o.number, 2), wallet, '{}', '', at, at, 0
      FROM o JOIN (VALUES (true, %(balance_id)s::uuid, 'balance', 'balance', 'balance'),
                          (false, %(channel_id)s::uuid, %(provider)s, %(channel_code)s, 'page'))
             AS a (has_wallet, id, provider, code, method) ON a.has_wallet = (o.wallet <> '')
), facts AS (
    INSERT INTO payments_fact (
        id, shop_id, account_id, provider, payment_id, kind, our_ref, channel_ref, amount_minor, currency, happened_at, source,
        recorded_at, outcome, posting_ref, applied_at)
    SELECT fact_id, %(shop_id)s, CASE WHEN wallet <> '' THEN %(balance_id)s::uuid ELSE %(channel_id)s::uuid END,
           CASE WHEN wallet <> '' THEN 'balance' ELSE %(provider)s END, payment_id, 'paid', 'P' || substr(number, 2),
           'P' || substr(number, 2), total, 'CNY', at, CASE WHEN wallet <> '' THEN 'local' ELSE 'query' END, at, 'confirmed',
           'pay:' || payment_id, at
      FROM o
)
INSERT INTO kernel_history (shop_id, machine, subject_id, step, from_state, to_state, actor, cause, at)
SELECT %(shop_id)s::uuid, 'order', o.id, m.step, m.from_state, m.to_state, 'client:' || o.client_id, 'year', o.at
  FROM o CROSS JOIN (VALUES (1, NULL, 'placed'), (2, 'placed', 'paid'), (3, 'paid', 'delivered')) AS m (step, from_state, to_state)
UNION ALL
SELECT %(shop_id)s, 'payments.payment', o.payment_id, m.step, m.from_state, m.to_state, 'year', 'order:' || o.id, o.at
  FROM o JOIN (VALUES (1, NULL, 'succeeded', true), (1, NULL, 'created', false), (2, 'created', 'succeeded', false))
           AS m (step, from_state, to_state, has_wallet) ON m.has_wallet = (o.wallet <> '')
