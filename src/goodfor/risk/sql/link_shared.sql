-- Kinds of keys that both buyers were seen with; what more buyers share than the kind allows says nothing.
SELECT DISTINCT a.kind
FROM risk_link a
JOIN risk_link b ON b.shop_id = a.shop_id AND b.key = a.key AND b.buyer = %(other)s::bigint
JOIN unnest(%(kinds)s::smallint[], %(most)s::integer[]) AS r (kind, most) ON r.kind = a.kind
WHERE a.shop_id = %(shop_id)s AND a.buyer = %(one)s::bigint
  AND (SELECT count(*) FROM (SELECT FROM risk_link c WHERE c.shop_id = a.shop_id AND c.key = a.key LIMIT r.most + 1) n)
      <= r.most
