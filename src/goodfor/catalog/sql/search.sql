-- Products on sale that hold every word, best first: the name itself, its beginning, inside of it, then anywhere else.
-- Bounded: of what holds every word at most %(most)s are ranked; whole names and beginnings are never missed.
WITH asked AS MATERIALIZED (
    SELECT array_agg(catalog_plain(w)) AS words, catalog_plain(%(phrase)s) AS phrase FROM unnest(%(words)s::text[]) w
), grams AS MATERIALIZED (
    -- A pair says all that its single characters say.
    SELECT array_agg(DISTINCT g) AS all_of
    FROM asked, unnest(words) w, unnest(catalog_grams(w)) g WHERE length(g) = 2 OR length(w) = 1
), named AS (
    SELECT p.id FROM catalog_product p, asked
    WHERE p.shop_id = %(shop_id)s AND p.search_name ~>=~ asked.phrase AND p.search_name ~<~ (asked.phrase || chr(1114111))
    LIMIT 200
), holding AS MATERIALIZED (
    SELECT p.id FROM catalog_product p
    WHERE p.shop_id = %(shop_id)s AND p.search_grams @> (SELECT all_of FROM grams)
      AND NOT EXISTS (SELECT FROM unnest((SELECT words FROM asked)) w WHERE strpos(p.search_text, w) = 0)
    LIMIT %(most)s
), found AS (
    SELECT p.id, p.position,
           CASE WHEN p.search_name = a.phrase THEN 3 WHEN starts_with(p.search_name, a.phrase) THEN 2
                WHEN strpos(p.search_name, a.phrase) > 0 THEN 1 ELSE 0 END AS rank,
           word_similarity(a.phrase, p.search_name) AS likeness
    FROM (SELECT id FROM named UNION SELECT id FROM holding) c
    JOIN catalog_product p ON p.id = c.id AND p.shop_id = %(shop_id)s
    CROSS JOIN asked a
    WHERE p.on_sale AND NOT EXISTS (SELECT FROM unnest(a.words) w WHERE strpos(p.search_text, w) = 0)
      AND (%(scene)s::text IS NULL OR p.scenes @> ARRAY[%(scene)s::text]::varchar[])
      AND (%(category)s::text IS NULL OR EXISTS (
           SELECT FROM catalog_category c WHERE c.id = p.category_id AND c.shop_id = p.shop_id AND c.slug = %(category)s))
      AND EXISTS (SELECT FROM catalog_sku s WHERE s.shop_id = p.shop_id AND s.product_id = p.id AND s.on_sale
                  AND s.price_minor BETWEEN %(price_from)s AND %(price_to)s
                  AND (%(kind)s::text IS NULL OR s.delivery_kind = %(kind)s))
)
SELECT id FROM found ORDER BY rank DESC, likeness DESC, position, id OFFSET %(offset)s LIMIT %(limit)s
