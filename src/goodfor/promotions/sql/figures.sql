-- promotions: what campaigns have given, and what their budgets for all time have left.
WITH given AS (
    SELECT campaign_id, count(DISTINCT order_id) AS orders, sum(uses) AS uses, sum(wanted_minor) AS wanted,
           sum(minor) AS minor, sum(loss_minor) AS loss, sum(back_minor) AS back,
           count(DISTINCT order_id) FILTER (WHERE state = 'reserved') AS reserved
    FROM promotions_held
    WHERE shop_id = %(shop_id)s AND campaign_id = ANY(%(ids)s) AND state <> 'released' GROUP BY campaign_id
), rest AS (
    SELECT q.campaign_id, min(f.free) FILTER (WHERE q.counts = 'minor') AS minor,
           min(f.free) FILTER (WHERE q.counts = 'uses') AS uses, min(f.free) FILTER (WHERE q.counts = 'loss') AS loss
    FROM promotions_quota q
    JOIN LATERAL (SELECT sum(s.free) AS free FROM promotions_shard s
                  WHERE s.shop_id = q.shop_id AND s.quota_id = q.id) f ON true
    WHERE q.shop_id = %(shop_id)s AND q.campaign_id = ANY(%(ids)s) AND q.entity = 'campaign' AND q.bucket = ''
      AND q.key = '' GROUP BY q.campaign_id
)
SELECT c.id, coalesce(g.orders, 0), coalesce(g.uses, 0)::bigint, coalesce(g.wanted, 0)::bigint,
       coalesce(g.minor, 0)::bigint, coalesce(g.loss, 0)::bigint, coalesce(g.back, 0)::bigint,
       coalesce(g.reserved, 0), r.minor::bigint, r.uses::bigint, r.loss::bigint
FROM unnest(%(ids)s::uuid[]) AS c(id) LEFT JOIN given g ON g.campaign_id = c.id LEFT JOIN rest r ON r.campaign_id = c.id
