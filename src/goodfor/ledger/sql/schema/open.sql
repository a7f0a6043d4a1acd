-- Open one account, with its balance rows when guarded. Returns the id; raises GFL09 when it is open on other terms.
CREATE FUNCTION ledger_open(p_shop uuid, p_code text, p_currency text, p_guarded boolean, p_floor bigint,
                            p_slices integer, p_now timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  line record;
  opened bigint;
  existing ledger_account%ROWTYPE;
BEGIN
  SELECT c.* INTO line FROM ledger_chart() c WHERE p_code ~ c.pattern;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'account % is not in the chart', p_code USING ERRCODE = 'GFL02', COLUMN = p_code;
  END IF;
  INSERT INTO ledger_account (shop_id, code, type, normal_side, currency, guarded, slices, opened_at)
  VALUES (p_shop, p_code, line.type, line.normal_side, p_currency, p_guarded, p_slices, p_now)
  ON CONFLICT (shop_id, code, currency) DO NOTHING RETURNING id INTO opened;
  IF opened IS NULL THEN
    SELECT * INTO STRICT existing FROM ledger_account WHERE shop_id = p_shop AND code = p_code AND currency = p_currency;
    IF existing.guarded <> p_guarded OR existing.slices <> p_slices OR existing.closed_at IS NOT NULL THEN
      RAISE EXCEPTION 'account % is open on other terms', p_code USING ERRCODE = 'GFL09', COLUMN = p_code;
    END IF;
    RETURN existing.id;
  END IF;
  IF p_guarded THEN
    -- The floor (a credit line when negative) is the first slice's; the others never go below zero.
    INSERT INTO ledger_balance (shop_id, account_id, slice, posted_minor, pending_out_minor, floor_minor)
    SELECT p_shop, opened, s, 0, 0, CASE WHEN s = 0 THEN p_floor ELSE 0 END FROM generate_series(0, p_slices - 1) s;
  END IF;
  RETURN opened;
END $$;
