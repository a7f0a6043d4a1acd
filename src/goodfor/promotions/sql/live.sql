-- promotions: what counts or will count.
SELECT c.id, r.id, r.name, r.spec::text
FROM promotions_campaign c JOIN promotions_revision r ON r.shop_id = c.shop_id AND r.id = c.revision_id
WHERE c.shop_id = %(shop_id)s AND c.state IN ('scheduled', 'running')
ORDER BY r.id
