-- finance: these shares gave way to later versions, all of them.
UPDATE finance_share s
   SET superseded_at = %(now)s, reversed_minor = s.amount_minor
  FROM unnest(%(lines)s::uuid[], %(agreements)s::uuid[]) AS r(line, agreement)
 WHERE s.shop_id = %(shop_id)s AND s.order_line_id = r.line AND s.agreement_id = r.agreement
