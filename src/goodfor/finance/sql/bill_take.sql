-- finance: the fees of a bill, rounded so that its lines add up to its rounded sum (half up), by largest remainder; ties:
-- the earlier line. Positive: kept. The order is that of the payment which the line is about. Once: again nothing.
WITH bill AS (
    INSERT INTO finance_fee_bill (bill_id, shop_id, provider, account_code, day, currency, exact, amount_minor, lines,
           started_at, booked_at)
    SELECT b.id, b.shop_id, b.provider, b.account_code, b.day, b.currency, s.exact,
           floor(s.exact * 10::numeric ^ %(exponent)s::int + 0.5)::bigint, s.lines, %(now)s,
           CASE WHEN s.lines = 0 THEN %(now)s::timestamptz END
      FROM payments_bill b,
           LATERAL (SELECT coalesce(-sum(l.fee), 0) AS exact, count(*)::int AS lines FROM payments_bill_line l
                     WHERE l.shop_id = b.shop_id AND l.bill_id = b.id AND l.fee <> 0) s
     WHERE b.shop_id = %(shop_id)s AND b.id = %(bill_id)s AND b.kind = 'trade' AND b.state = 'imported'
    ON CONFLICT (bill_id) DO NOTHING
    RETURNING bill_id, amount_minor
), scaled AS (
    SELECT l.line, -l.fee AS exact, -l.fee * 10::numeric ^ %(exponent)s::int AS minor, l.our_ref, l.happened_at
      FROM payments_bill_line l JOIN bill ON bill.bill_id = l.bill_id
     WHERE l.shop_id = %(shop_id)s AND l.fee <> 0
), ranked AS (
    SELECT line, exact, floor(minor)::bigint AS least, our_ref, happened_at,
           row_number() OVER (ORDER BY minor - floor(minor) DESC, line) AS place,
           sum(floor(minor)) OVER ()::bigint AS leasts
      FROM scaled
)
INSERT INTO finance_fee (bill_id, line, shop_id, order_id, exact, amount_minor, happened_at, booked_at)
SELECT bill.bill_id, r.line, %(shop_id)s, p.source_id, r.exact,
       r.least + CASE WHEN r.place <= bill.amount_minor - r.leasts THEN 1 ELSE 0 END, r.happened_at, NULL
  FROM ranked r
 CROSS JOIN bill
  LEFT JOIN payments_payment p ON p.shop_id = %(shop_id)s AND p.number = r.our_ref AND p.source_type = 'order'
