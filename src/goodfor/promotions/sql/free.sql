-- promotions: which plan counts now, and what is left of each shared limit of one campaign, of all of it or of one SKU.
SELECT '', '', '', '', coalesce((SELECT version FROM promotions_plan WHERE shop_id = %(shop_id)s), 0)
UNION ALL
(SELECT q.entity, q.counts, q.key, q.bucket, sum(s.free)::bigint
 FROM promotions_quota q JOIN promotions_shard s ON s.shop_id = q.shop_id AND s.quota_id = q.id
 WHERE q.shop_id = %(shop_id)s AND q.campaign_id = %(campaign_id)s AND q.bucket = ANY(%(buckets)s)
   AND q.key = ANY(%(keys)s)
 GROUP BY q.id)
