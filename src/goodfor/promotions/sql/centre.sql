-- promotions: batches that may be claimed now or soon, with what is left and what these names have had.
SELECT b.id, b.campaign_id, b.name, r.id, b.each, b.days, b.claim_from, b.claim_until, b.wanted,
       coalesce((SELECT sum(s.free) FROM promotions_quota q
                 JOIN promotions_shard s ON s.shop_id = q.shop_id AND s.quota_id = q.id
                 WHERE q.shop_id = b.shop_id AND q.campaign_id = b.campaign_id AND q.entity = 'campaign'
                   AND q.counts = 'claims' AND q.key = b.id::text AND q.bucket = ''), b.wanted)::bigint,
       coalesce((SELECT max(n.used) FROM promotions_counter n
                 WHERE n.shop_id = b.shop_id AND n.campaign_id = b.campaign_id AND n.entity = 'buyer'
                   AND n.counts = 'claims' AND n.key = ANY(SELECT k || '/' || b.id FROM unnest(%(keys)s::text[]) AS k)
                ), 0)::bigint
FROM promotions_batch b
JOIN promotions_campaign c ON c.shop_id = b.shop_id AND c.id = b.campaign_id
JOIN promotions_revision r ON r.shop_id = c.shop_id AND r.id = c.revision_id
WHERE b.shop_id = %(shop_id)s AND b.kind = 'claim' AND b.state = 'made' AND b.listed
  AND c.state IN ('scheduled', 'running') AND c.ends_at > %(now)s
  AND (b.claim_until IS NULL OR b.claim_until > %(now)s)
ORDER BY b.claim_from NULLS FIRST, b.id LIMIT 100
