-- promotions: what names have had in periods that are long over, and of campaigns that are, of all shops. Nobody reads it
-- any more; what orders have taken (promotions_taking) is kept.
WITH past AS (
    SELECT DISTINCT m.shop_id, m.id, b.bucket
    FROM promotions_campaign m
    CROSS JOIN LATERAL generate_series(
        greatest(m.made_at, %(before)s - interval '400 days'), %(before)s, interval '1 day') AS s(at)
    CROSS JOIN LATERAL (SELECT s.at AT TIME ZONE 'UTC' AS at, %(before)s AT TIME ZONE 'UTC' AS till) AS d
    CROSS JOIN LATERAL (
        VALUES (nullif(to_char(d.at, 'YYYY-MM-DD'), to_char(d.till, 'YYYY-MM-DD'))),
               (nullif(to_char(d.at, 'IYYY-"W"IW'), to_char(d.till, 'IYYY-"W"IW'))),
               (nullif(to_char(d.at, 'YYYY-MM'), to_char(d.till, 'YYYY-MM')))
    ) AS b(bucket)
    WHERE m.revision_id IS NOT NULL AND b.bucket IS NOT NULL
), old AS (
    (SELECT c.shop_id, c.key, c.campaign_id, c.entity, c.counts, c.bucket
     FROM past p JOIN promotions_counter c ON c.shop_id = p.shop_id AND c.campaign_id = p.id AND c.bucket = p.bucket
     LIMIT %(most)s)
    UNION
    (SELECT c.shop_id, c.key, c.campaign_id, c.entity, c.counts, c.bucket
     FROM promotions_campaign m JOIN promotions_counter c ON c.shop_id = m.shop_id AND c.campaign_id = m.id
     WHERE m.state IN ('ended', 'archived') AND m.changed_at < %(before)s LIMIT %(most)s)
    LIMIT %(most)s
)
DELETE FROM promotions_counter c USING old o
WHERE c.shop_id = o.shop_id AND c.key = o.key AND c.campaign_id = o.campaign_id AND c.entity = o.entity
  AND c.counts = o.counts AND c.bucket = o.bucket
