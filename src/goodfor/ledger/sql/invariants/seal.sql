-- Seals whose content, computed again, or whose link to the one before does not hold. Only the newest generation can be
-- computed again: the others lie under the generation that a restore began, which covers all transactions before it.
WITH newest AS (
  SELECT shop_id, max(generation) AS generation FROM ledger_seal GROUP BY shop_id
), chunk AS (
  SELECT t.shop_id, s.number, t.id / 10000 AS part, count(*) AS n,
         sha256(string_agg(ledger_tx_digest(t.id), '' ORDER BY t.id)) AS hash
    FROM newest g
    JOIN ledger_tx t ON t.shop_id = g.shop_id
    CROSS JOIN LATERAL (SELECT x.number FROM ledger_seal x
                         WHERE x.shop_id = g.shop_id AND x.generation = g.generation AND x.upto_xid > t.xid
                         ORDER BY x.upto_xid LIMIT 1) s
   GROUP BY t.shop_id, s.number, t.id / 10000
), content AS (
  SELECT shop_id, number, sum(n) AS n, sha256(string_agg(hash, '' ORDER BY part)) AS hash FROM chunk GROUP BY shop_id, number
), link AS (
  SELECT s.*, s.generation = g.generation AS current,
         lag(s.hash) OVER (PARTITION BY s.shop_id ORDER BY s.number) AS before,
         row_number() OVER (PARTITION BY s.shop_id ORDER BY s.number) AS place
    FROM ledger_seal s JOIN newest g USING (shop_id)
)
SELECT l.shop_id || '/seal/' || l.number,
       CASE WHEN l.current AND (c.n IS DISTINCT FROM l.tx_count OR c.hash IS DISTINCT FROM l.content_hash)
            THEN 'content differs: ' || coalesce(c.n, 0) || ' of ' || l.tx_count || ' transactions'
            ELSE 'chain broken' END
  FROM link l LEFT JOIN content c ON c.shop_id = l.shop_id AND c.number = l.number
 WHERE l.current AND (c.n IS DISTINCT FROM l.tx_count OR c.hash IS DISTINCT FROM l.content_hash)
    OR l.number <> l.place
    OR l.prev_hash <> coalesce(l.before, sha256(l.shop_id::text::bytea))
    OR l.hash <> ledger_seal_hash(l.prev_hash, l.content_hash, l.shop_id, l.number, l.generation, l.from_xid, l.upto_xid,
                                  l.tx_count, l.sealed_at)
