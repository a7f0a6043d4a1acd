-- Counts of a shop's flow by one dimension. Null filters mean all.
SELECT CASE %(by)s::text WHEN 'day' THEN f.day::text WHEN 'week' THEN date_trunc('week', f.day)::date::text
            WHEN 'month' THEN date_trunc('month', f.day)::date::text WHEN 'sku' THEN f.sku_id::text
            WHEN 'channel' THEN f.channel WHEN 'method' THEN f.method WHEN 'segment' THEN f.segment ELSE '' END AS key,
       sum(placed)::bigint, sum(started)::bigint, sum(paid)::bigint, sum(held)::bigint, sum(delivered)::bigint,
       sum(expired)::bigint, sum(cancelled)::bigint, sum(refunded)::bigint, sum(refunded_undelivered)::bigint,
       sum(partly_refunded)::bigint, sum(claimed)::bigint, sum(claims)::bigint, sum(proven)::bigint,
       sum(placed_minor)::bigint
  FROM insights_flow f
 WHERE f.shop_id = %(shop_id)s AND f.day >= %(first)s AND f.day <= %(last)s AND f.currency = %(currency)s
   AND (%(skus)s::uuid[] IS NULL OR f.sku_id = ANY(%(skus)s::uuid[]))
   AND (%(channels)s::text[] IS NULL OR f.channel = ANY(%(channels)s::text[]))
   AND (%(methods)s::text[] IS NULL OR f.method = ANY(%(methods)s::text[]))
   AND (%(segments)s::text[] IS NULL OR f.segment = ANY(%(segments)s::text[]))
 GROUP BY 1
