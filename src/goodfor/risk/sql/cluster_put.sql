INSERT INTO risk_cluster (shop_id, key, kind, cluster, size, buyers, updated_at)
SELECT %(shop_id)s, n.key, n.kind, n.cluster, n.size, n.buyers, %(now)s
FROM unnest(%(keys)s::bigint[], %(kinds)s::int[], %(clusters)s::bigint[], %(sizes)s::int[], %(buyers)s::int[])
    AS n (key, kind, cluster, size, buyers)
ON CONFLICT (shop_id, key) DO UPDATE SET kind = excluded.kind, cluster = excluded.cluster, size = excluded.size,
    buyers = excluded.buyers, updated_at = excluded.updated_at
