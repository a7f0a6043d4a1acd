-- Members stand elsewhere, or longer; each change is written down, and who stands higher or lower is to be told. One
-- statement for many.
WITH told AS (
    SELECT * FROM unnest(%(owners)s::uuid[], %(ids)s::uuid[], %(whats)s::text[], %(from_ranks)s::smallint[],
                         %(to_ranks)s::smallint[], %(sinces)s::timestamptz[], %(untils)s::timestamptz[],
                         %(sources)s::text[], %(amounts)s::bigint[])
        AS t (owner, id, what, from_rank, to_rank, since, until, source, amount)
), steps AS (
    INSERT INTO loyalty_tier_step (id, shop_id, owner, what, from_rank, to_rank, tiers, amount, until, why, actor, at)
    SELECT id, %(shop_id)s::uuid, owner, what, from_rank, to_rank, %(tiers)s, amount, until, %(why)s, %(actor)s,
           %(now)s::timestamptz
    FROM told
), news AS (
    INSERT INTO loyalty_notice (shop_id, owner, kind, key, units, from_rank, to_rank, ends_at, at)
    SELECT %(shop_id)s::uuid, owner, CASE WHEN to_rank > from_rank THEN 'rose' ELSE 'fell' END, id::text, 0, from_rank,
           to_rank, until, %(now)s::timestamptz
    FROM told WHERE to_rank <> from_rank
    ON CONFLICT (shop_id, owner, kind, key) DO NOTHING
)
UPDATE loyalty_member m SET rank = t.to_rank, since = t.since, until = t.until, source = t.source
FROM told t WHERE m.shop_id = %(shop_id)s AND m.owner = t.owner
