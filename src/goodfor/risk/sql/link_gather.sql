-- What the events of a stretch show of buyers, added to the links. Again and again it changes nothing.
-- `last_at` is moved by the hour, so that a busy buyer does not rewrite his links with every click.
INSERT INTO risk_link (shop_id, key, buyer, kind, first_at, last_at, settled)
SELECT e.shop_id, l.key, e.buyer, l.kind, min(e.at), max(e.at), false
FROM risk_event e
CROSS JOIN LATERAL (VALUES
    (2, e.device), (3, e.network), (5, e.phone), (6, e.mail), (7, e.instrument),
    -- The network within a slot of time as a key of its own: 63 bits, never nothing.
    (13, CASE WHEN e.network IS NOT NULL THEN greatest(1,
        ('x' || left(md5(e.network || ':' || floor(extract(epoch FROM e.at) / %(slot)s)::bigint), 16))::bit(64)::bigint
        & 9223372036854775807) END)
) AS l (kind, key)
JOIN unnest(%(proof_kinds)s::int[], %(proof_scenes)s::int[], %(proof_results)s::int[]) AS p (kind, scene, result)
  ON p.kind = l.kind AND p.scene = e.scene AND p.result = e.result
WHERE e.id > %(after)s AND e.id <= %(upto)s AND e.buyer IS NOT NULL AND l.key IS NOT NULL
GROUP BY e.shop_id, l.key, e.buyer, l.kind
ORDER BY e.shop_id, l.key, e.buyer
ON CONFLICT (shop_id, key, buyer) DO UPDATE SET
    first_at = least(risk_link.first_at, excluded.first_at),
    last_at = greatest(risk_link.last_at, excluded.last_at),
    settled = risk_link.settled AND risk_link.first_at <= excluded.first_at
WHERE risk_link.first_at > excluded.first_at OR risk_link.last_at < excluded.last_at - interval '1 hour'
