-- promotions: shared limits of periods that are long over, with their shards, of all shops. Those for all time stay: they
-- are few, and pages show what was left of them.
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
    SELECT q.shop_id, q.id
    FROM past p JOIN promotions_quota q ON q.shop_id = p.shop_id AND q.campaign_id = p.id AND q.bucket = p.bucket
    LIMIT %(most)s
), shards AS (
    DELETE FROM promotions_shard s USING old o WHERE s.shop_id = o.shop_id AND s.quota_id = o.id
)
DELETE FROM promotions_quota q USING old o WHERE q.shop_id = o.shop_id AND q.id = o.id
