-- Open the accounts among `p_codes` that do not exist; type and side from the chart. In place of that in post.sql: each
-- code is compared with the chart once, not once a line. The chart has more patterns than the server keeps compiled, so
-- that a call of some thousand lines with one new account took seconds.
CREATE OR REPLACE FUNCTION ledger_open_missing(p_shop uuid, p_currency text, p_codes text[], p_now timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  missing record;
BEGIN
  FOR missing IN
    SELECT DISTINCT c.code, l.type, l.normal_side, l.guarded
      FROM (SELECT DISTINCT u.code FROM unnest(p_codes) u(code)
             WHERE NOT EXISTS (SELECT FROM ledger_account a
                                WHERE a.shop_id = p_shop AND a.code = u.code AND a.currency = p_currency)
            OFFSET 0) c
      LEFT JOIN ledger_chart() l ON c.code ~ l.pattern
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
