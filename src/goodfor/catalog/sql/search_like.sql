-- Products on sale with a word like the one typed ("steem"), nearest first; pg_trgm.word_similarity_threshold is set.
-- Bounded: of what is like it at most %(most)s are ranked.
SELECT p.id FROM (
    SELECT id, position, search_text FROM catalog_product p
    WHERE p.shop_id = %(shop_id)s AND p.on_sale AND %(phrase)s <%% p.search_text
      AND (%(scene)s::text IS NULL OR p.scenes @> ARRAY[%(scene)s::text]::varchar[])
      AND (%(category)s::text IS NULL OR EXISTS (
           SELECT FROM catalog_category c WHERE c.id = p.category_id AND c.shop_id = p.shop_id AND c.slug = %(category)s))
      AND EXISTS (SELECT FROM catalog_sku s WHERE s.shop_id = p.shop_id AND s.product_id = p.id AND s.on_sale
                  AND s.price_minor BETWEEN %(price_from)s AND %(price_to)s
                  AND (%(kind)s::text IS NULL OR s.delivery_kind = %(kind)s))
    LIMIT %(most)s
) p
ORDER BY word_similarity(%(phrase)s, p.search_text) DESC, p.position, p.id LIMIT %(limit)s
