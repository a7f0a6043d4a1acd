-- finance: from which suppliers the goods of some lines came: (line, supplier's code or '', units, what they had cost).
SELECT c.holder_id, coalesce(s.code, ''), count(*)::int, sum(t.unit_cost_minor)::bigint
  FROM vault_code c
  JOIN vault_lot t ON t.shop_id = c.shop_id AND t.id = c.lot_id
  LEFT JOIN supply_code b ON b.shop_id = c.shop_id AND b.code_id = c.id
  LEFT JOIN supply_supplier s ON s.shop_id = b.shop_id AND s.id = b.supplier_id
 WHERE c.shop_id = %(shop_id)s AND c.holder_id = ANY(%(lines)s::uuid[]) AND c.state IN (2, 3, 4)
 GROUP BY 1, 2
UNION ALL
SELECT w.line_id, s.code, sum(a.got)::int, 0::bigint
  FROM supply_want w
  JOIN supply_attempt a ON a.shop_id = w.shop_id AND a.want_id = w.id AND a.got > 0
  JOIN supply_supplier s ON s.shop_id = a.shop_id AND s.id = a.supplier_id
 WHERE w.shop_id = %(shop_id)s AND w.line_id = ANY(%(lines)s::uuid[]) AND w.kind = 'direct'
 GROUP BY 1, 2
 ORDER BY 1, 2
