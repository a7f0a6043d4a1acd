-- promotions: what counts or will count. What it says is read by itself, where it is not known yet: it may be long.
SELECT c.id, r.id, r.name
FROM promotions_campaign c JOIN promotions_revision r ON r.shop_id = c.shop_id AND r.id = c.revision_id
WHERE c.shop_id = %(shop_id)s AND c.state IN ('scheduled', 'running')
ORDER BY r.id
