-- Sums of a shop's cube by one dimension, over a few stretches each read at its own grain. Null filters mean all.
SELECT CASE %(by)s::text WHEN 'day' THEN c.day::text WHEN 'week' THEN date_trunc('week', c.day)::date::text
            WHEN 'month' THEN date_trunc('month', c.day)::date::text WHEN 'sku' THEN c.sku_id::text
            WHEN 'supplier' THEN c.supplier_id::text WHEN 'channel' THEN c.channel WHEN 'method' THEN c.method
            WHEN 'segment' THEN c.segment WHEN 'campaign' THEN c.campaign_id::text ELSE '' END AS key,
       sum(paid_minor)::bigint, sum(paid_back_minor)::bigint, sum(sales_minor)::bigint, sum(sales_back_minor)::bigint,
       sum(adjusted_minor)::bigint, sum(other_income_minor)::bigint, sum(discount_minor)::bigint, sum(cost_minor)::bigint,
       sum(fee_minor)::bigint, sum(commission_minor)::bigint, sum(marketing_minor)::bigint,
       sum(compensation_minor)::bigint, sum(recovery_minor)::bigint, sum(difference_minor)::bigint,
       sum(paid_orders)::bigint, sum(orders)::bigint, sum(lines)::bigint, sum(units)::bigint, sum(refunds)::bigint
  FROM unnest(%(grains)s::text[], %(firsts)s::date[], %(lasts)s::date[]) AS part(grain, first, last)
  JOIN insights_cube c ON c.shop_id = %(shop_id)s AND c.grain = part.grain AND c.day >= part.first AND c.day <= part.last
 WHERE c.currency = %(currency)s
   AND (%(skus)s::uuid[] IS NULL OR c.sku_id = ANY(%(skus)s::uuid[]))
   AND (%(suppliers)s::uuid[] IS NULL OR c.supplier_id = ANY(%(suppliers)s::uuid[]))
   AND (%(campaigns)s::uuid[] IS NULL OR c.campaign_id = ANY(%(campaigns)s::uuid[]))
   AND (%(channels)s::text[] IS NULL OR c.channel = ANY(%(channels)s::text[]))
   AND (%(methods)s::text[] IS NULL OR c.method = ANY(%(methods)s::text[]))
   AND (%(segments)s::text[] IS NULL OR c.segment = ANY(%(segments)s::text[]))
 GROUP BY 1
