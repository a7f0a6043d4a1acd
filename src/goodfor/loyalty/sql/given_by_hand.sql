-- What somebody gave by hand within a time, by kind: also what was worth nothing in the books, or met a debt.
SELECT w.kind, sum(e.units)::bigint
FROM loyalty_entry e JOIN loyalty_wallet w ON w.shop_id = e.shop_id AND w.id = e.wallet_id
WHERE e.shop_id = %(shop_id)s AND e.at >= %(since)s AND e.at < %(until)s AND e.kind = 'adjust' AND e.units > 0
  AND e.actor = %(actor)s
GROUP BY w.kind
