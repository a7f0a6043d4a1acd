-- finance: what agreements have seen more of a month, or share less of it after all.
UPDATE finance_volume v
   SET units = v.units + r.units, base_minor = v.base_minor + r.base, shared_minor = v.shared_minor + r.shared
  FROM jsonb_to_recordset(%(rows)s::text::jsonb) AS r(code text, month date, currency text, units bigint, base bigint,
       shared bigint)
 WHERE v.shop_id = %(shop_id)s AND v.agreement_code = r.code AND v.month = r.month AND v.currency = r.currency
