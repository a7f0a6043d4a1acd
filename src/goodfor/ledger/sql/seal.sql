-- A new seal for each shop_id with transactions in [after, upto), chained to the shop's last one.
WITH digest AS MATERIALIZED (
  SELECT t.shop_id, t.id, ledger_tx_digest(t.id) AS hash
    FROM ledger_tx t WHERE t.xid >= %(after)s::xid8 AND t.xid < %(upto)s::xid8
), chunk AS (
  SELECT shop_id, id / 10000 AS number, sha256(string_agg(hash, '' ORDER BY id)) AS hash, count(*) AS n
    FROM digest GROUP BY shop_id, id / 10000
), content AS (
  SELECT shop_id, sha256(string_agg(hash, '' ORDER BY number)) AS hash, sum(n)::bigint AS n FROM chunk GROUP BY shop_id
), link AS (
  SELECT c.shop_id, coalesce(s.number, 0) + 1 AS number, coalesce(s.generation, 1) AS generation,
         coalesce(s.upto_xid, '0'::xid8) AS from_xid, c.n, c.hash AS content_hash,
         coalesce(s.hash, sha256(c.shop_id::text::bytea)) AS prev_hash
    FROM content c
    LEFT JOIN LATERAL (SELECT * FROM ledger_seal x WHERE x.shop_id = c.shop_id ORDER BY x.number DESC LIMIT 1) s ON true
)
INSERT INTO ledger_seal (shop_id, number, generation, from_xid, upto_xid, tx_count, content_hash, prev_hash, hash, sealed_at)
SELECT l.shop_id, l.number, l.generation, l.from_xid, %(upto)s::xid8, l.n, l.content_hash, l.prev_hash,
       ledger_seal_hash(l.prev_hash, l.content_hash, l.shop_id, l.number, l.generation, l.from_xid, %(upto)s::xid8, l.n,
                        %(now)s), %(now)s
  FROM link l
