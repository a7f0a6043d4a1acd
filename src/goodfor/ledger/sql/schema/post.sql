-- Writing: ledger_post takes several transactions in one call. Everything it must not do is refused by the guards;
-- it resolves account codes, opens plain accounts on first use, and tells a replay from a clash.

-- Open the accounts among `p_codes` that do not exist; type and side from the chart.
CREATE OR REPLACE FUNCTION ledger_open_missing(p_shop uuid, p_currency text, p_codes text[], p_now timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  missing record;
BEGIN
  FOR missing IN
    SELECT DISTINCT c.code, l.type, l.normal_side, l.guarded
      FROM unnest(p_codes) c(code) LEFT JOIN ledger_chart() l ON c.code ~ l.pattern
     WHERE NOT EXISTS (SELECT FROM ledger_account a
                        WHERE a.shop_id = p_shop AND a.code = c.code AND a.currency = p_currency)
     ORDER BY c.code LOOP
    IF missing.type IS NULL THEN
      RAISE EXCEPTION 'account % is not in the chart', missing.code USING ERRCODE = 'GFL02', COLUMN = missing.code;
    ELSIF missing.guarded THEN
      RAISE EXCEPTION 'guarded account % is not open', missing.code USING ERRCODE = 'GFL03', COLUMN = missing.code;
    END IF;
    INSERT INTO ledger_account (shop_id, code, type, normal_side, currency, guarded, slices, opened_at)
    VALUES (p_shop, missing.code, missing.type, missing.normal_side, p_currency, false, 1, p_now)
    ON CONFLICT (shop_id, code, currency) DO NOTHING;
  END LOOP;
END $$;

-- The ids of transactions that were there already; raises when one has another payload.
CREATE OR REPLACE FUNCTION ledger_replayed(p_shop uuid, p_reference text[], p_hash bytea[]) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
  ids bigint[];
  old record;
BEGIN
  FOR i IN 1 .. cardinality(p_reference) LOOP
    SELECT t.id, t.payload_hash INTO STRICT old FROM ledger_tx t WHERE t.shop_id = p_shop AND t.reference = p_reference[i];
    IF old.payload_hash <> p_hash[i] THEN
      RAISE EXCEPTION 'reference % was used for something else', p_reference[i]
        USING ERRCODE = 'GFL01', COLUMN = p_reference[i];
    END IF;
    ids[i] := old.id;
  END LOOP;
  RETURN ids;
END $$;

-- p_*: one element a transaction (p_metadata: a JSON array); l_*: one element a line, l_entry counts from 1.
-- From p_rule on, an array is NULL when no entry or line says anything; l_supplier to l_channel hold the nil id or '' for
-- nothing, so that they have no nulls and each element is found at once. An adjustment may go into a soft-closed month.
-- Returns the ids in the order of p_reference; a replayed transaction keeps its old id. Amounts: debit positive.
CREATE OR REPLACE FUNCTION ledger_post(
  p_shop uuid, p_currency text, p_now timestamptz, p_actor text,
  p_reference text[], p_kind text[], p_hash bytea[], p_effective timestamptz[], p_cause_type text[], p_cause_id uuid[],
  p_metadata jsonb, p_reverses bigint[], p_settles bigint[],
  l_entry smallint[], l_account text[], l_amount bigint[], l_layer smallint[],
  l_order uuid[], l_order_line uuid[], l_sku uuid[],
  p_rule smallint[], p_adjustment boolean[],
  l_supplier uuid[], l_party uuid[], l_brand uuid[], l_campaign uuid[], l_channel text[]
) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
  -- Before ids are drawn: a transaction id that is assigned holds the watermark of the jobs back.
  me xid8 := pg_current_xact_id();
  account bigint[];
  ids bigint[];
  written integer;
  shut date;
  opens timestamptz;
  firm timestamptz;
  bound timestamptz;
  nil constant uuid := '00000000-0000-0000-0000-000000000000';
BEGIN
  SELECT ARRAY(SELECT (SELECT a.id FROM ledger_account a
                        WHERE a.shop_id = p_shop AND a.code = c.code AND a.currency = p_currency)
                 FROM unnest(l_account) c(code)),
         (SELECT d.month FROM ledger_period d WHERE d.shop_id = p_shop ORDER BY d.month DESC LIMIT 1)
    INTO account, shut;
  IF array_position(account, NULL) IS NOT NULL THEN
    PERFORM ledger_open_missing(p_shop, p_currency, l_account, p_now);
    account := ARRAY(SELECT (SELECT a.id FROM ledger_account a
                              WHERE a.shop_id = p_shop AND a.code = c.code AND a.currency = p_currency)
                       FROM unnest(l_account) c(code));
  END IF;
  IF shut IS NOT NULL THEN
    -- What is late goes to the first open day and keeps its true time in the metadata.
    opens := (shut + interval '1 month') AT TIME ZONE 'Asia/Shanghai';
    IF p_adjustment IS NOT NULL THEN
      SELECT (max(d.month) + interval '1 month') AT TIME ZONE 'Asia/Shanghai' INTO firm
        FROM ledger_period d WHERE d.shop_id = p_shop AND d.state <> 'soft';
    END IF;
    FOR i IN 1 .. cardinality(p_effective) LOOP
      bound := CASE WHEN p_adjustment[i] THEN firm ELSE opens END;
      IF p_effective[i] < bound THEN
        p_metadata := coalesce(p_metadata, to_jsonb(array_fill(NULL::text, ARRAY[cardinality(p_reference)])));
        p_metadata := jsonb_set(p_metadata, ARRAY[(i - 1)::text],
          coalesce(nullif(p_metadata -> (i - 1), 'null'), '{}') || jsonb_build_object('dated', p_effective[i]));
        p_effective[i] := bound;
      END IF;
    END LOOP;
  END IF;
  FOR i IN 1 .. cardinality(p_reference) LOOP
    ids[i] := nextval('ledger_tx_id_seq');
  END LOOP;
  WITH header AS (
    INSERT INTO ledger_tx (id, effective_at, recorded_at, reverses_tx, settles_tx, shop_id, cause_id, currency,
                           reference, kind, cause_type, actor, payload_hash, metadata, rule_version, adjustment)
    SELECT ids[e.i], e.effective, p_now, p_reverses[e.i], p_settles[e.i], p_shop, e.cause_id, p_currency,
           e.reference, e.kind, e.cause_type, p_actor, e.hash, nullif(p_metadata -> (e.i::integer - 1), 'null'),
           coalesce(p_rule[e.i], 1), coalesce(p_adjustment[e.i], false)
      FROM unnest(p_reference, p_kind, p_hash, p_effective, p_cause_type, p_cause_id)
           WITH ORDINALITY e(reference, kind, hash, effective, cause_type, cause_id, i)
    ON CONFLICT (shop_id, reference) DO NOTHING
    RETURNING id, effective_at
  ), line AS (
    INSERT INTO ledger_posting (shop_id, tx_id, account_id, amount_minor, effective_date, seq, layer,
                                order_id, order_line_id, sku_id, supplier_id, party_id, brand_id, campaign_id, channel)
    SELECT p_shop, h.id, account[l.i], l.amount, (h.effective_at AT TIME ZONE 'Asia/Shanghai')::date, l.i,
           coalesce(l_layer[l.i], 0), l.order_id, l.order_line_id, l.sku_id,
           nullif(l_supplier[l.i], nil), nullif(l_party[l.i], nil), nullif(l_brand[l.i], nil), nullif(l_campaign[l.i], nil),
           nullif(l_channel[l.i], '')
      FROM unnest(l_entry, l_amount, l_order, l_order_line, l_sku)
           WITH ORDINALITY l(entry, amount, order_id, order_line_id, sku_id, i)
      JOIN header h ON h.id = ids[l.entry]
  )
  SELECT count(*) INTO written FROM header;
  IF written < cardinality(p_reference) THEN
    RETURN ledger_replayed(p_shop, p_reference, p_hash);
  END IF;
  RETURN ids;
END $$;
