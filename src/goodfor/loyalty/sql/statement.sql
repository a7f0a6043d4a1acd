-- A member's statement, newest first, from before an entry on; of what came, from when on and until when it lives.
SELECT e.id, e.kind, e.units, e.source_kind, e.source_id, e.purpose, e.reason, e.at, l.available_at, l.expires_at
FROM loyalty_wallet w
JOIN loyalty_entry e ON e.shop_id = w.shop_id AND e.wallet_id = w.id
LEFT JOIN loyalty_lot l ON l.shop_id = e.shop_id AND l.id = e.id
WHERE w.shop_id = %(shop_id)s AND w.owner = %(owner)s AND w.kind = %(kind)s AND w.scope = %(scope)s
  AND (%(before)s::uuid IS NULL OR e.id < %(before)s::uuid) AND e.units <> 0
ORDER BY e.id DESC LIMIT %(limit)s
