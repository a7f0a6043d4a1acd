-- All links of a shop that count by the limits, as `link_counted.sql` says it of some buyers.
SELECT buyer, key, kind FROM (
    SELECT l.buyer, l.key, l.kind, r.most, r.most_of_buyer, r.strong,
        row_number() OVER (PARTITION BY l.buyer, l.kind ORDER BY l.first_at, l.key) AS place,
        row_number() OVER (PARTITION BY l.key ORDER BY l.first_at, l.buyer) AS rank,
        count(*) OVER (PARTITION BY l.key) AS crowd
    FROM risk_link l
    JOIN unnest(%(kinds)s::int[], %(most)s::int[], %(most_of_buyer)s::int[], %(strong)s::boolean[])
        AS r (kind, most, most_of_buyer, strong) ON r.kind = l.kind
    WHERE l.shop_id = %(shop_id)s
) AS all_links
WHERE place <= most_of_buyer AND CASE WHEN strong THEN rank <= most ELSE crowd <= most END
