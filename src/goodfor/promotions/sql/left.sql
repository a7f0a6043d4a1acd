-- promotions: which plan counts now, what quotas of these campaigns have left and what these names have had of them.
SELECT 'v', NULL::uuid, '', '', '', '', coalesce((SELECT version FROM promotions_plan WHERE shop_id = %(shop_id)s), 0)
UNION ALL
SELECT 'q', q.campaign_id, q.entity, q.counts, q.key, q.bucket,
       (SELECT sum(s.free) FROM promotions_shard s WHERE s.shop_id = %(shop_id)s AND s.quota_id = q.id)::bigint
FROM promotions_quota q
WHERE q.shop_id = %(shop_id)s AND q.campaign_id = ANY(%(quotas)s) AND q.bucket = ANY(%(buckets)s)
  AND q.key = ANY(%(skus)s)
UNION ALL
SELECT 'c', c.campaign_id, c.entity, c.counts, c.key, c.bucket, c.used
FROM promotions_counter c
WHERE c.shop_id = %(shop_id)s AND c.key = ANY(%(keys)s) AND c.campaign_id = ANY(%(counters)s)
  AND c.bucket = ANY(%(buckets)s)
