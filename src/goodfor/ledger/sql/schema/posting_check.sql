-- The guard of postings and of guarded balances. Each statement must add zero to every transaction and layer it
-- touches, so sums are zero by induction; what is usual is checked in one pass, what is rare in ledger_check_special.

-- Holds, settlements and reversals: called once for each transaction that has one of these traits.
CREATE OR REPLACE FUNCTION ledger_check_special(p_tx bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  t ledger_tx%ROWTYPE;
  o ledger_tx%ROWTYPE;
  compared smallint;
BEGIN
  SELECT * INTO STRICT t FROM ledger_tx WHERE id = p_tx;
  IF t.settles_tx IS NULL AND t.reverses_tx IS NULL THEN
    PERFORM FROM ledger_posting p WHERE p.shop_id = t.shop_id AND p.tx_id = t.id AND p.layer <> 1;
    IF FOUND THEN
      RAISE EXCEPTION 'a hold has lines in layer 1 only' USING ERRCODE = 'GFL05';
    END IF;
    PERFORM FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id AND a.guarded
      WHERE p.shop_id = t.shop_id AND p.tx_id = t.id AND p.amount_minor * a.normal_side > 0;
    IF FOUND THEN
      RAISE EXCEPTION 'a hold only takes from a guarded account' USING ERRCODE = 'GFL05';
    END IF;
    RETURN;
  END IF;
  SELECT * INTO o FROM ledger_tx WHERE id = coalesce(t.settles_tx, t.reverses_tx);
  IF NOT FOUND OR o.shop_id <> t.shop_id OR o.currency <> t.currency OR o.settles_tx IS NOT NULL AND
      t.settles_tx IS NOT NULL OR o.reverses_tx IS NOT NULL OR t.settles_tx IS NOT NULL AND t.reverses_tx IS NOT NULL THEN
    RAISE EXCEPTION 'transaction % cannot be settled or reversed by %', o.id, t.id USING ERRCODE = 'GFL05';
  END IF;
  compared := CASE WHEN t.settles_tx IS NOT NULL THEN 1 ELSE 0 END;
  PERFORM FROM ledger_posting p WHERE p.shop_id = o.shop_id AND p.tx_id = o.id AND p.layer = compared;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'transaction % has nothing to settle or reverse', o.id USING ERRCODE = 'GFL05';
  END IF;
  PERFORM FROM ledger_posting p WHERE p.shop_id = t.shop_id AND p.tx_id IN (t.id, o.id) AND p.layer = compared
    GROUP BY p.account_id HAVING sum(p.amount_minor) <> 0;
  IF FOUND THEN
    RAISE EXCEPTION 'transaction % does not undo % exactly', t.id, o.id USING ERRCODE = 'GFL05';
  END IF;
  PERFORM FROM ledger_posting p WHERE p.shop_id = t.shop_id AND p.tx_id = t.id AND p.layer = 1 AND compared = 0;
  IF FOUND THEN
    RAISE EXCEPTION 'a reversal has lines in layer 0 only' USING ERRCODE = 'GFL05';
  END IF;
END $$;

-- `mark` says what a line needs: NULL not allowed; 0 nothing; +-slices of a guarded account, with the sign of its natural
-- side; plus 1000 when its transaction holds, settles or reverses. What is usual, lines of one guarded account at most and
-- nothing special, is checked and moved with one query here.
CREATE OR REPLACE FUNCTION ledger_posting_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  me xid8 := pg_current_xact_id();
  balanced boolean;
  fine boolean;
  simple boolean;
  first_account bigint;
  last_account bigint;
  slices integer;
  shop uuid;
  posted bigint;
  moved boolean;
  item record;
BEGIN
  -- Each lookup is by primary key alone: with shop_id beside it, a plan made on empty tables takes another index.
  SELECT bool_and(t.total = 0), bool_and(t.fine), bool_and(t.simple), min(t.first_account), max(t.last_account),
         max(t.slices), (array_agg(t.shop) FILTER (WHERE t.shop IS NOT NULL))[1], sum(t.posted)
    INTO balanced, fine, simple, first_account, last_account, slices, shop, posted
    FROM (SELECT sum(g.amount_minor) AS total, bool_and(g.mark IS NOT NULL) AS fine,
                 bool_and(g.mark BETWEEN -64 AND 64) AS simple,
                 min(g.account_id) FILTER (WHERE g.mark <> 0) AS first_account,
                 max(g.account_id) FILTER (WHERE g.mark <> 0) AS last_account,
                 max(abs(g.mark)) AS slices,
                 (array_agg(g.shop_id) FILTER (WHERE g.mark <> 0))[1] AS shop,
                 sum(CASE WHEN g.mark > 0 THEN g.amount_minor ELSE -g.amount_minor END) FILTER (WHERE g.mark <> 0) AS posted
            FROM (SELECT n.tx_id, n.layer, n.shop_id, n.account_id, n.amount_minor,
                         (SELECT CASE WHEN h.xid = me AND n.xid = me AND h.shop_id = n.shop_id AND a.shop_id = n.shop_id
                                       AND a.currency = h.currency AND a.closed_at IS NULL
                                       AND n.effective_date = (h.effective_at AT TIME ZONE 'Asia/Shanghai')::date
                                 THEN CASE WHEN a.guarded THEN a.normal_side * a.slices ELSE 0 END
                                    + CASE WHEN n.layer = 0 AND h.settles_tx IS NULL AND h.reverses_tx IS NULL
                                           THEN 0 ELSE 1000 END
                                 END
                            FROM ledger_tx h, ledger_account a WHERE h.id = n.tx_id AND a.id = n.account_id) AS mark
                    FROM new_rows n OFFSET 0) g
           GROUP BY g.tx_id, g.layer) t;
  IF NOT balanced THEN
    RAISE EXCEPTION 'debits and credits of a transaction differ' USING ERRCODE = 'GFL07';
  END IF;
  IF fine IS NULL THEN
    RETURN NULL;
  END IF;
  IF NOT fine THEN
    SELECT n.*, a.code, a.closed_at INTO item FROM new_rows n
      LEFT JOIN ledger_tx h ON h.id = n.tx_id AND h.shop_id = n.shop_id AND h.xid = me AND n.xid = me
      LEFT JOIN ledger_account a ON a.id = n.account_id
     WHERE h.id IS NULL OR a.id IS NULL OR a.shop_id <> n.shop_id OR a.currency <> h.currency
        OR a.closed_at IS NOT NULL OR n.effective_date <> ledger_business_date(h.effective_at) LIMIT 1;
    IF item.closed_at IS NOT NULL THEN
      RAISE EXCEPTION 'account % is closed', item.code USING ERRCODE = 'GFL04', COLUMN = item.code;
    END IF;
    RAISE EXCEPTION 'posting %/% does not fit its transaction and account', item.tx_id, item.seq USING ERRCODE = 'GFL07';
  END IF;
  IF simple AND first_account IS NULL THEN
    RETURN NULL;
  END IF;
  IF simple AND first_account = last_account THEN
    IF posted <> 0 THEN
      moved := ledger_move_guarded(shop, first_account, slices, posted, 0);
    END IF;
    RETURN NULL;
  END IF;
  FOR item IN SELECT DISTINCT n.tx_id FROM new_rows n JOIN ledger_tx h ON h.id = n.tx_id
               WHERE n.layer <> 0 OR h.settles_tx IS NOT NULL OR h.reverses_tx IS NOT NULL ORDER BY n.tx_id LOOP
    PERFORM ledger_check_special(item.tx_id);
  END LOOP;
  -- Hot rows last, in the order of accounts, whatever the order of the lines.
  FOR item IN SELECT n.shop_id, a.id, a.slices,
                     coalesce(sum(n.amount_minor * a.normal_side) FILTER (WHERE n.layer = 0), 0)::bigint AS moved,
                     coalesce(-sum(n.amount_minor * a.normal_side) FILTER (WHERE n.layer = 1), 0)::bigint AS held
                FROM new_rows n JOIN ledger_account a ON a.id = n.account_id AND a.guarded
               GROUP BY n.shop_id, a.id, a.slices ORDER BY a.id LOOP
    IF item.moved <> 0 OR item.held <> 0 THEN
      moved := ledger_move_guarded(item.shop_id, item.id, item.slices, item.moved, item.held);
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
