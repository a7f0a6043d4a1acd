-- After a logical restore, over all shop_id: stored transaction ids mean nothing in the new cluster and could be met again.
-- Sets them to 0, rebuilds rollups and daily balances, and begins a new generation of seals on top of the old chain.
DO $rebase$
DECLARE
  at timestamptz := clock_timestamp();
BEGIN
  ALTER TABLE ledger_tx DISABLE TRIGGER USER;
  ALTER TABLE ledger_posting DISABLE TRIGGER USER;
  ALTER TABLE ledger_period DISABLE TRIGGER USER;
  UPDATE ledger_tx SET xid = '0' WHERE xid <> '0';
  UPDATE ledger_posting SET xid = '0' WHERE xid <> '0';
  UPDATE ledger_period SET closing_xid = '0', soft_xid = CASE WHEN soft_xid IS NOT NULL THEN '0'::xid8 END
   WHERE closing_xid <> '0' OR soft_xid <> '0';
  ALTER TABLE ledger_tx ENABLE TRIGGER USER;
  ALTER TABLE ledger_posting ENABLE TRIGGER USER;
  ALTER TABLE ledger_period ENABLE TRIGGER USER;
  DELETE FROM ledger_rollup;
  INSERT INTO ledger_rollup (shop_id, account_id, layer, amount_minor, upto_xid)
  SELECT shop_id, account_id, layer, sum(amount_minor), '1' FROM ledger_posting GROUP BY shop_id, account_id, layer;
  DELETE FROM ledger_watermark;
  INSERT INTO ledger_watermark (name, upto_xid) VALUES ('rollup', '1'), ('seal', '1'), ('daily', '1');
  DELETE FROM ledger_daily;
  INSERT INTO ledger_daily (shop_id, account_id, day, debit_minor, credit_minor, closing_minor)
  SELECT shop_id, account_id, effective_date, sum(greatest(amount_minor, 0)), sum(greatest(-amount_minor, 0)),
         sum(sum(amount_minor)) OVER (PARTITION BY shop_id, account_id ORDER BY effective_date)
    FROM ledger_posting WHERE layer = 0 GROUP BY shop_id, account_id, effective_date;
  WITH chunk AS (
    SELECT t.shop_id, t.id / 10000 AS number, sha256(string_agg(ledger_tx_digest(t.id), '' ORDER BY t.id)) AS hash,
           count(*) AS n
      FROM ledger_tx t GROUP BY t.shop_id, t.id / 10000
  ), content AS (
    SELECT shop_id, sha256(string_agg(hash, '' ORDER BY number)) AS hash, sum(n)::bigint AS n FROM chunk GROUP BY shop_id
  ), link AS (
    SELECT c.shop_id, coalesce(s.number, 0) + 1 AS number, coalesce(s.generation, 0) + 1 AS generation, c.n,
           c.hash AS content_hash, coalesce(s.hash, sha256(c.shop_id::text::bytea)) AS prev_hash
      FROM content c
      LEFT JOIN LATERAL (SELECT * FROM ledger_seal x WHERE x.shop_id = c.shop_id ORDER BY x.number DESC LIMIT 1) s ON true
  )
  INSERT INTO ledger_seal (shop_id, number, generation, from_xid, upto_xid, tx_count, content_hash, prev_hash, hash, sealed_at)
  SELECT l.shop_id, l.number, l.generation, '0', '1', l.n, l.content_hash, l.prev_hash,
         ledger_seal_hash(l.prev_hash, l.content_hash, l.shop_id, l.number, l.generation, '0', '1', l.n, at), at
    FROM link l;
END $rebase$
