-- finance: what of the books was answered.
INSERT INTO finance_step (order_id, reference, shop_id, kind, amount_minor, lines, at)
SELECT r.order_id, r.reference, %(shop_id)s, r.kind, r.amount, r.lines, %(now)s
  FROM jsonb_to_recordset(%(rows)s::text::jsonb) AS r(order_id uuid, reference text, kind text, amount bigint, lines jsonb)
