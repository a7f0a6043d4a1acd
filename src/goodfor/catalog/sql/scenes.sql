-- Scenes of what stands first on the shelf, the most frequent first. Bounded: nobody has scenes only at the far end.
SELECT scene, count(*) FROM (
    SELECT scenes FROM catalog_product WHERE shop_id = %(shop_id)s AND on_sale ORDER BY position, id LIMIT 2000
) p, unnest(p.scenes) AS scene
GROUP BY scene ORDER BY count(*) DESC, scene LIMIT %(limit)s
