-- promotions: campaigns of all shops for which something is due: it starts, is over, or has nothing left to give
-- (of what a revision limited that may not be in force any more).
SELECT c.shop_id, c.id, 'start' FROM promotions_campaign c
WHERE c.state = 'scheduled' AND c.starts_at <= %(now)s AND c.ends_at > %(now)s
UNION ALL
SELECT c.shop_id, c.id, 'end' FROM promotions_campaign c
WHERE c.state IN ('scheduled', 'running', 'paused') AND c.ends_at <= %(now)s
UNION ALL
SELECT c.shop_id, c.id, CASE q.counts WHEN 'minor' THEN 'budget' ELSE 'loss' END
FROM promotions_campaign c
JOIN promotions_quota q ON q.shop_id = c.shop_id AND q.campaign_id = c.id AND q.entity = 'campaign' AND q.bucket = ''
  AND q.counts IN ('minor', 'loss') AND q.total > 0
WHERE c.state = 'running' AND c.ends_at > %(now)s
  AND NOT EXISTS (SELECT 1 FROM promotions_shard s WHERE s.shop_id = q.shop_id AND s.quota_id = q.id AND s.free > 0)
  -- What is only reserved may come back.
  AND NOT EXISTS (SELECT 1 FROM promotions_held h
                  WHERE h.shop_id = c.shop_id AND h.campaign_id = c.id AND h.state = 'reserved')
-- Of a budget and losses that are both gone, the budget is told.
ORDER BY 1, 2, 3
