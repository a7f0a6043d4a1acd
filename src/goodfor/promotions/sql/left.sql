-- promotions: which plan counts now, what quotas of these campaigns have left and what these names have had of them.
SELECT '', '', '', '', '', coalesce((SELECT version FROM promotions_plan WHERE shop_id = %(shop_id)s), 0)
UNION ALL
(SELECT q.campaign_id::text, q.entity, q.counts, q.key, q.bucket, sum(s.free)::bigint
 FROM promotions_quota q JOIN promotions_shard s ON s.shop_id = q.shop_id AND s.quota_id = q.id
 WHERE q.shop_id = %(shop_id)s AND q.campaign_id = ANY(%(quotas)s) AND q.bucket = ANY(%(buckets)s)
   AND q.key = ANY(%(skus)s)
 GROUP BY q.id)
UNION ALL
SELECT c.campaign_id::text, c.entity, c.counts, c.key, c.bucket, c.used
FROM promotions_counter c
WHERE c.shop_id = %(shop_id)s AND c.key = ANY(%(keys)s) AND c.campaign_id = ANY(%(counters)s)
  AND c.bucket = ANY(%(buckets)s)
