-- finance: a row for each month of an agreement that is to be counted.
INSERT INTO finance_volume (shop_id, agreement_code, month, currency, units, base_minor, shared_minor)
SELECT %(shop_id)s, r.code, r.month, r.currency, 0, 0, 0
  FROM jsonb_to_recordset(%(rows)s::text::jsonb) AS r(code text, month date, currency text)
ON CONFLICT (shop_id, agreement_code, month, currency) DO NOTHING
