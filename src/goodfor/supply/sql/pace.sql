-- supply: one more call of a method, if its time has come (generic cell rate algorithm); no row: not yet.
INSERT INTO supply_pace AS p (supplier_id, method, shop_id, at)
VALUES (%(supplier_id)s, %(method)s, %(shop_id)s, %(now)s::timestamptz + %(step)s::interval)
ON CONFLICT (supplier_id, method) DO UPDATE
SET at = greatest(p.at, %(now)s::timestamptz) + %(step)s::interval
WHERE p.at <= %(now)s::timestamptz + %(burst)s::interval
RETURNING at
