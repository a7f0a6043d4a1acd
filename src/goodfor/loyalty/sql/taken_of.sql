-- From which lots a movement took, those last that were taken first: what comes back goes the way it came.
SELECT a.id, a.lot_id, a.units, a.back + a.moved, l.units, l.remaining, l.minor, l.expires_at
FROM loyalty_allocation a JOIN loyalty_lot l ON l.shop_id = a.shop_id AND l.id = a.lot_id
WHERE a.shop_id = %(shop_id)s AND a.entry_id = %(entry_id)s
ORDER BY l.expires_at DESC NULLS FIRST, l.earned_at DESC, l.id DESC
