-- What the proven cases since then cost by the terms of their orders: each claim at most its cap. (minor, units, cases)
SELECT coalesce(sum(least((terms #>> '{compensation,multiple}')::bigint * amount_minor,
                          (terms #>> '{compensation,claim_cap_minor}')::bigint)), 0)::bigint,
       coalesce(sum(units), 0)::bigint, count(*)
FROM aftersales_case
WHERE shop_id = %(shop_id)s AND currency = %(currency)s AND proven AND decided_at >= %(since)s
  -- What the promise does not cover costs nothing.
  AND coalesce((terms #>> '{compensation,multiple}')::bigint, 0) > 0
  AND terms #> '{compensation,reasons}' ? reason
