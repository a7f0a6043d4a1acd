-- supply: purchases of a statement's time that cost something and are not in it become lines with negative places.
INSERT INTO supply_statement_line (statement_id, shop_id, place, at, number, ref, kind, amount, verdict, attempt_id, ours)
SELECT %(statement_id)s, %(shop_id)s, -row_number() OVER (ORDER BY a.sent_at, a.id), a.sent_at, a.number, a.ref, '', 0,
       'ours', a.id, a.refunded - coalesce(a.charged, 0)
FROM supply_attempt a
WHERE a.shop_id = %(shop_id)s AND a.supplier_id = %(supplier_id)s
  AND a.sent_at >= %(from_at)s::timestamptz AND a.sent_at <= %(until_at)s::timestamptz
  AND (a.state IN ('delivered', 'partial', 'late') OR a.claimed_minor > 0)
  AND a.refunded <> coalesce(a.charged, 0)
  AND NOT EXISTS (SELECT FROM supply_statement_line l
                  WHERE l.shop_id = %(shop_id)s AND l.statement_id = %(statement_id)s AND l.attempt_id = a.id)
