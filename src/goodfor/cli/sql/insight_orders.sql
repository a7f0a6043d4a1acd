-- Orders first..last of `total`, spread over `days` before `until`, in what the cube is made of: orders, lines, what is
-- frozen of them, who filled them, and the postings that have a figure (not their counterparts: nothing here may be audited
-- but insights). A few SKUs sell most; a third of the SKUs comes from suppliers; one order in 33 has two lines.
WITH n AS (
    SELECT i, %(until)s::timestamptz - make_interval(secs => %(days)s * 86400.0 * (%(total)s - i) / %(total)s) AS at,
           lpad(to_hex(i), 12, '0') AS tail, (i * 7919) %% 1000 AS luck, ((i * 104729) %% 100003) / 100003.0 AS skew
      FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS i
), made AS MATERIALIZED (
    -- Ids that grow with time, as the house's do.
    SELECT i, at, luck, (at AT TIME ZONE 'Asia/Shanghai')::date AS day, ('01900000-0000-7000-8000-' || tail)::uuid AS id,
           ('01900000-0000-7001-8000-' || tail)::uuid AS line_id, ('01900000-0000-7002-8000-' || tail)::uuid AS line_two,
           1 + floor(cardinality(%(skus)s::uuid[]) * skew * skew * skew)::int AS sku, 1 + i %% 3 AS quantity,
           500 + (i * 37) %% 40000 AS price, i %% 33 = 0 AS two, CASE WHEN i %% 4 = 0 THEN 'api' ELSE 'storefront' END AS channel,
           CASE WHEN luck < 900 THEN 'delivered' WHEN luck < 930 THEN 'refunded' WHEN luck < 985 THEN 'expired' ELSE 'cancelled'
                END AS state
      FROM n
), told AS MATERIALIZED (
    SELECT *, state IN ('delivered', 'refunded') AS paid, quantity * price + CASE WHEN two THEN 700 ELSE 0 END AS total,
           1000000 + i * 3 AS tx, (%(skus)s::uuid[])[sku] AS sku_id,
           (%(skus)s::uuid[])[1 + sku %% cardinality(%(skus)s::uuid[])] AS other_id
      FROM made
), orders AS (
    INSERT INTO orders_order (id, shop_id, number, state, channel, buyer_ref, client_id, locale, total_minor, paid_minor,
        refunded_minor, currency, payment_id, placed_at, pay_by, paid_at, deliver_by, delivered_at, closed_at, refunded_at)
    SELECT id, %(shop)s, 'I' || i, state, channel, 'g' || (i * 31) %% %(buyers)s,
           CASE WHEN channel = 'api' THEN %(client)s::uuid END, '', total, CASE WHEN paid THEN total ELSE 0 END,
           CASE WHEN state = 'refunded' THEN total ELSE 0 END, 'CNY', CASE WHEN paid THEN id END, at,
           at + interval '15 minutes', CASE WHEN paid THEN at END, CASE WHEN paid THEN at + interval '1 hour' END,
           CASE WHEN paid THEN at END, CASE WHEN NOT paid THEN at + interval '15 minutes' END,
           CASE WHEN state = 'refunded' THEN at + interval '1 day' END
      FROM told
), lines AS (
    INSERT INTO orders_line (id, shop_id, order_id, position, sku_id, title, quantity, unit_price_minor)
    SELECT line_id, %(shop)s, id, 1, sku_id, '往日', quantity, price FROM told
    UNION ALL SELECT line_two, %(shop)s, id, 2, other_id, '往日', 1, 700 FROM told WHERE two
), facts AS (
    INSERT INTO insights_order (order_id, shop_id, buyer, currency, channel, method, segment)
    SELECT id, %(shop)s, md5('b' || CASE WHEN channel = 'api' THEN 0 ELSE (i * 31) %% %(buyers)s END)::uuid, 'CNY', channel,
           (ARRAY['alipay', 'wxpay', 'balance'])[1 + i %% 3],
           CASE WHEN channel = 'api' THEN 'client' WHEN luck %% 3 = 0 THEN 'new' ELSE 'returning' END
      FROM told WHERE paid
), cells AS (
    INSERT INTO insights_cell (shop_id, order_id, n, from_tx, line_id, sku_id, supplier_id, weight, units)
    SELECT %(shop)s, id, 1, tx + 1, line_id, sku_id, md5('s' || sku %% 7)::uuid, quantity * price, quantity
      FROM told WHERE paid AND NOT two AND sku %% 3 = 0
), heads AS (
    INSERT INTO ledger_tx (id, effective_at, recorded_at, shop_id, currency, reference, kind, cause_type, actor, payload_hash)
    SELECT tx, at, at, %(shop)s::uuid, 'CNY', 'p' || i, 'payment', '', 'x', sha256('x') FROM told WHERE paid
    UNION ALL SELECT tx + 1, at, at, %(shop)s, 'CNY', 'd' || i, 'delivery', '', 'x', sha256('x') FROM told WHERE paid
    UNION ALL SELECT tx + 2, at, at, %(shop)s, 'CNY', 'r' || i, 'refund', '', 'x', sha256('x') FROM told
     WHERE state = 'refunded'
)
INSERT INTO ledger_posting (shop_id, tx_id, seq, account_id, amount_minor, effective_date, layer, order_id, order_line_id, sku_id)
SELECT %(shop)s::uuid, tx, 1, %(owed)s::bigint, -total, day, 0, id, NULL::uuid, NULL::uuid FROM told WHERE paid
UNION ALL SELECT %(shop)s, tx + 1, 1, %(sales)s, -total, day, 0, id, NULL, NULL FROM told WHERE paid
UNION ALL SELECT %(shop)s, tx + 1, 2, %(cost)s, 1 + quantity * price * 4 / 5, day, 0, id, line_id, sku_id FROM told WHERE paid
UNION ALL SELECT %(shop)s, tx + 2, 1, %(sales)s, total, day + 1, 0, id, NULL, NULL FROM told WHERE state = 'refunded'
