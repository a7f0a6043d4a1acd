-- finance: what agreements have seen more of a month.
INSERT INTO finance_volume AS v (shop_id, agreement_code, month, currency, units, base_minor, shared_minor)
SELECT %(shop_id)s, r.code, r.month, r.currency, r.units, r.base, r.shared
  FROM jsonb_to_recordset(%(rows)s::text::jsonb) AS r(code text, month date, currency text, units bigint, base bigint,
       shared bigint)
ON CONFLICT (shop_id, agreement_code, month, currency) DO UPDATE
   SET units = v.units + excluded.units, base_minor = v.base_minor + excluded.base_minor,
       shared_minor = v.shared_minor + excluded.shared_minor
