-- Make a statement of all items that no statement lists, up to the cut-off: they are taken, listed and summed up at once.
-- No row where there is none. Held back: so many hundredths of a percent of what is positive, rounded down; what was held
-- before and is given back is not held again.
WITH taken AS (
  UPDATE settlement_item i SET statement_id = %(id)s
   WHERE i.shop_id = %(shop_id)s AND i.account = ANY (%(accounts)s::text[]) AND i.currency = %(currency)s
     AND i.statement_id IS NULL AND i.effective_at < %(cutoff)s
  RETURNING i.tx_id, i.seq, i.amount_minor, i.account, i.what, i.effective_at
), line AS (
  INSERT INTO settlement_line (shop_id, statement_id, tx_id, seq, amount_minor)
  SELECT %(shop_id)s, %(id)s, t.tx_id, t.seq, t.amount_minor FROM taken t
), chunk AS (
  -- In pieces, so that no text grows with the number of lines.
  SELECT t.tx_id / 10000 AS number,
         sha256(convert_to(string_agg(t.tx_id || ':' || t.seq || ':' || t.amount_minor, ',' ORDER BY t.tx_id, t.seq),
                           'UTF8')) AS hash
    FROM taken t GROUP BY t.tx_id / 10000
), total AS (
  SELECT count(*)::integer AS n, coalesce(sum(t.amount_minor), 0)::bigint AS amount, min(t.effective_at) AS first_at,
         coalesce(sum(t.amount_minor) FILTER (WHERE t.what <> 'hold_back'), 0)::bigint AS fresh
    FROM taken t
), figure AS (
  SELECT n, amount, first_at,
         CASE WHEN %(confirmation)s::boolean THEN 0 ELSE greatest(fresh, 0) * %(hold_back_bp)s::bigint / 10000 END::bigint AS held
    FROM total WHERE n > 0
)
INSERT INTO settlement_statement (
  id, shop_id, number, party_id, party_kind, party_code, party_name, currency, cycle, confirmation, version, replaces_id,
  cutoff, first_at, due_on, item_count, items_minor, carry_minor, held_minor, payable_minor, min_payout_minor, accounts,
  kinds, content_hash, state, approvals_needed, round, made_at, made_by, confirmed_by, reason)
SELECT %(id)s, %(shop_id)s, %(number)s::text, %(party_id)s::uuid, %(party_kind)s::text, %(party_code)s::text,
       %(party_name)s::text, %(currency)s::text, %(cycle)s::text, %(confirmation)s::boolean, %(version)s::integer,
       %(replaces_id)s::uuid, %(cutoff)s::timestamptz, f.first_at, %(due_on)s::date, f.n, f.amount, %(carry)s::bigint, f.held,
       CASE WHEN %(confirmation)s::boolean THEN 0 ELSE f.amount + %(carry)s::bigint - f.held END, %(min_payout)s::bigint,
       (SELECT jsonb_object_agg(a.account, a.amount)
          FROM (SELECT account, sum(amount_minor)::bigint AS amount FROM taken GROUP BY account) a),
       (SELECT jsonb_agg(jsonb_build_array(k.what, k.n, k.amount) ORDER BY k.what)
          FROM (SELECT what, count(*) AS n, sum(amount_minor)::bigint AS amount FROM taken GROUP BY what) k),
       (SELECT sha256(string_agg(c.hash, '' ORDER BY c.number)) FROM chunk c), 'draft',
       CASE WHEN NOT %(confirmation)s::boolean AND f.amount + %(carry)s::bigint - f.held >= greatest(%(two_from)s::bigint, 1)
            THEN 2 ELSE 1 END,
       1, %(now)s::timestamptz, %(actor)s::text, '', ''
  FROM figure f
RETURNING id
