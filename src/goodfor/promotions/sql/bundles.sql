-- Bundles of a shop with the revision that counts: by id, by address, or all of a state; the newest where `newest`.
SELECT b.id, b.slug, b.state, r.id, r.number, r.spec::text, b.position, b.changed_at,
       b.state = 'on_sale' AND last.id <> b.revision_id
FROM promotions_bundle b
CROSS JOIN LATERAL (
    SELECT id FROM promotions_bundle_revision n WHERE n.shop_id = b.shop_id AND n.bundle_id = b.id
    ORDER BY n.number DESC LIMIT 1
) last
JOIN promotions_bundle_revision r ON r.shop_id = b.shop_id
    AND r.id = CASE WHEN %(newest)s THEN last.id ELSE coalesce(b.revision_id, last.id) END
WHERE b.shop_id = %(shop_id)s
  AND (%(ids)s::uuid[] IS NULL OR b.id = ANY (%(ids)s::uuid[]))
  AND (%(slug)s::text IS NULL OR b.slug = %(slug)s)
  AND b.state = ANY (%(states)s::text[])
ORDER BY b.position, b.id
LIMIT %(limit)s
