-- finance: what was taken back of shares by now.
UPDATE finance_share s
   SET reversed_minor = r.reversed
  FROM jsonb_to_recordset(%(rows)s::text::jsonb) AS r(line uuid, agreement uuid, reversed bigint)
 WHERE s.shop_id = %(shop_id)s AND s.order_line_id = r.line AND s.agreement_id = r.agreement
   AND s.superseded_at IS NULL
