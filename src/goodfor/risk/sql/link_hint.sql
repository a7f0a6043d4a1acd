-- A buyer was seen with these; what is no event's key (fingerprints, patterns of mailboxes).
INSERT INTO risk_link (shop_id, key, buyer, kind, first_at, last_at, settled)
SELECT %(shop_id)s, h.key, %(buyer)s, h.kind, %(at)s, %(at)s, false
FROM unnest(%(kinds)s::int[], %(keys)s::bigint[]) AS h (kind, key)
ORDER BY h.key
ON CONFLICT (shop_id, key, buyer) DO UPDATE SET
    first_at = least(risk_link.first_at, excluded.first_at),
    last_at = greatest(risk_link.last_at, excluded.last_at),
    settled = risk_link.settled AND risk_link.first_at <= excluded.first_at
WHERE risk_link.first_at > excluded.first_at OR risk_link.last_at < excluded.last_at - interval '1 hour'
