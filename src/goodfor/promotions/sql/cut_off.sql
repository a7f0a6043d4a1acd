-- promotions: campaigns of all shops most of whose promise is cut off, order after order: costs are not any more what
-- the operator reckoned with. Only what was paid counts: else whoever orders and never pays stops what he likes.
SELECT c.shop_id, c.id, 'floor'
FROM promotions_campaign c
JOIN promotions_held h ON h.shop_id = c.shop_id AND h.campaign_id = c.id AND h.at > %(now)s - interval '1 day'
  AND h.at >= c.changed_at AND h.revision_id = c.revision_id AND h.state = 'used'
WHERE c.state = 'running' AND c.ends_at > %(now)s
GROUP BY c.shop_id, c.id HAVING count(*) >= 20 AND sum(h.minor) * 2 < sum(h.wanted_minor)
