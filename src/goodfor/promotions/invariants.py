"""Truths of promotions: nothing beyond its limit, nothing counted that nobody holds, no coupon used twice."""

from goodfor.kernel.invariants import Invariant, history_invariant
from goodfor.promotions import group_invariants, states
from goodfor.promotions.bundle_invariants import BUNDLES

INVARIANTS = [
    Invariant(
        name="promotions_shards_are_their_quota",
        room="promotions",
        why="what is left of a limit and what orders and claims hold of it are the limit: no piece is lost or made",
        sql="""
        SELECT q.id::text, q.entity || ' ' || q.counts || ' ' || q.total || ': ' || coalesce(s.free, 0) || ' left, '
               || coalesce(t.taken, 0) + coalesce(c.claimed, 0) || ' taken'
        FROM promotions_quota q
        LEFT JOIN (SELECT shop_id, quota_id, sum(free) AS free FROM promotions_shard GROUP BY shop_id, quota_id) s
          ON s.shop_id = q.shop_id AND s.quota_id = q.id
        LEFT JOIN (SELECT shop_id, campaign_id, entity, counts, key, bucket, sum(amount - back) AS taken
                   FROM promotions_taking WHERE shared AND state <> 'released'
                   GROUP BY shop_id, campaign_id, entity, counts, key, bucket) t
          ON t.shop_id = q.shop_id AND t.campaign_id = q.campaign_id AND t.entity = q.entity AND t.counts = q.counts
          AND t.key = q.key AND t.bucket = q.bucket
        LEFT JOIN (SELECT p.shop_id, p.batch_id::text AS key, count(*) AS claimed FROM promotions_coupon p
                   JOIN promotions_batch b ON b.id = p.batch_id AND b.shop_id = p.shop_id AND b.kind = 'claim'
                   GROUP BY p.shop_id, p.batch_id) c
          ON q.counts = 'claims' AND c.shop_id = q.shop_id AND c.key = q.key
        WHERE coalesce(s.free, 0) + coalesce(t.taken, 0) + coalesce(c.claimed, 0) <> q.total
        """,
    ),
    Invariant(
        name="promotions_counters_are_their_takings",
        room="promotions",
        why="what a buyer is said to have had is what his orders hold: else he is refused, or given, too much; what was"
        " counted half a year ago is purged",
        sql="""
        SELECT campaign_id::text, entity || ' ' || counts || ': ' || coalesce(c.used, 0) || ' counted, '
               || coalesce(t.taken, 0) || ' held'
        FROM (SELECT * FROM promotions_counter WHERE counts <> 'claims') c
        FULL JOIN (SELECT t.shop_id, t.campaign_id, t.entity, t.counts, t.key, t.bucket,
                          sum(t.amount - t.back) AS taken, max(h.at) AS at
                   FROM promotions_taking t
                   LEFT JOIN promotions_held h ON h.shop_id = t.shop_id AND h.order_id = t.order_id
                     AND h.campaign_id = t.campaign_id AND h.turn = t.turn
                   WHERE NOT t.shared AND t.state <> 'released'
                   GROUP BY t.shop_id, t.campaign_id, t.entity, t.counts, t.key, t.bucket) t
          USING (shop_id, campaign_id, entity, counts, key, bucket)
        WHERE coalesce(c.used, 0) <> coalesce(t.taken, 0)
          AND (c.used IS NOT NULL OR t.at IS NULL OR t.at > %(now)s - interval '170 days')
        """,
    ),
    Invariant(
        name="promotions_names_within_limits",
        room="promotions",
        why="nobody has more of a campaign than the most that any of his orders was allowed",
        sql="""
        SELECT campaign_id::text, entity || ' ' || counts || ': ' || sum(amount - back) || ' of ' || max(most)
        FROM promotions_taking WHERE state <> 'released'
        GROUP BY shop_id, campaign_id, entity, counts, key, bucket HAVING sum(amount - back) > max(most)
        """,
    ),
    Invariant(
        name="promotions_takings_have_their_holding",
        room="promotions",
        why="what is taken of limits is taken for what an order holds, and goes its way",
        sql="""
        SELECT t.order_id::text, t.entity || ' ' || t.counts || ' ' || t.state
               || ', held ' || coalesce(h.state, 'nowhere')
        FROM promotions_taking t
        LEFT JOIN promotions_held h ON h.shop_id = t.shop_id AND h.order_id = t.order_id
          AND h.campaign_id = t.campaign_id AND h.turn = t.turn
        WHERE h.state IS DISTINCT FROM t.state
        """,
    ),
    Invariant(
        name="promotions_orders_hold_once",
        room="promotions",
        why="an order that was paid late holds what it holds once: an earlier turn was released",
        sql="""
        SELECT order_id::text, count(DISTINCT turn) || ' turns' FROM promotions_held WHERE state <> 'released'
        GROUP BY shop_id, order_id HAVING count(DISTINCT turn) > 1
        """,
    ),
    Invariant(
        name="promotions_coupons_count_once",
        room="promotions",
        why="a coupon lowers one order, and the order that it lowered is the one that it names",
        sql="""
        WITH brought AS (
            -- What it took off may all be back while other lines are kept: then it is used all the same.
            SELECT h.shop_id, h.order_id, h.state, h.back_minor < h.minor AS kept, unnest(h.coupons) AS coupon
            FROM promotions_held h WHERE h.state <> 'released'
        )
        SELECT coalesce(p.id, b.coupon)::text,
               coalesce(p.state, 'gone') || ', at order ' || coalesce(b.order_id::text, 'none')
        FROM (SELECT * FROM promotions_coupon WHERE NOT public AND order_id IS NOT NULL) p
        FULL JOIN (SELECT b.* FROM brought b LEFT JOIN promotions_coupon c ON c.id = b.coupon AND c.shop_id = b.shop_id
                   WHERE c.public IS NOT TRUE) b
          ON b.coupon = p.id AND b.shop_id = p.shop_id AND b.order_id = p.order_id
        WHERE p.state IS DISTINCT FROM b.state AND (p.id IS NOT NULL OR b.kept)
        """,
    ),
    Invariant(
        name="promotions_revisions_in_force_approved",
        room="promotions",
        why="what lowers prices was approved by somebody who did not write it, and is the campaign's own",
        sql="""
        SELECT c.id::text, c.name || ' ' || c.state FROM promotions_campaign c
        LEFT JOIN promotions_revision r ON r.id = c.revision_id AND r.shop_id = c.shop_id AND r.campaign_id = c.id
        WHERE c.revision_id IS NOT NULL
          AND (r.approved_at IS NULL OR r.approved_by = r.made_by AND NOT r.alone)
        """,
    ),
    Invariant(
        name="promotions_revisions_are_whole",
        room="promotions",
        why="all that a campaign has said up to its newest revision is on record",
        sql="""
        SELECT c.id::text, c.name FROM promotions_campaign c
        LEFT JOIN (SELECT shop_id, campaign_id, count(*) AS many, max(number) AS newest FROM promotions_revision
                   GROUP BY shop_id, campaign_id) r ON r.campaign_id = c.id AND r.shop_id = c.shop_id
        WHERE r.many IS DISTINCT FROM c.latest OR r.newest IS DISTINCT FROM c.latest
        """,
    ),
    Invariant(
        name="promotions_campaigns_by_the_clock",
        room="promotions",
        why="a campaign that is over is ended: else its page and its figures say that it goes on",
        sql="""
        SELECT id::text, name || ' ' || state FROM promotions_campaign
        WHERE state IN ('scheduled', 'running', 'paused') AND ends_at < %(now)s - interval '5 minutes'
        """,
    ),
    Invariant(
        name="promotions_packs_give_what_they_hold",
        room="promotions",
        why="whoever took a pack has a coupon of each of its batches, and a name under which he cannot take it again",
        sql="""
        SELECT c.id::text, cardinality(p.batches) || ' batches, ' || coalesce(k.many, 0) || ' coupons, '
               || coalesce(n.many, 0) || ' names'
        FROM promotions_pack_claim c JOIN promotions_pack p ON p.id = c.pack_id AND p.shop_id = c.shop_id
        LEFT JOIN LATERAL (
            SELECT count(DISTINCT o.batch_id) AS many FROM promotions_coupon o
            WHERE o.shop_id = c.shop_id AND o.id = ANY(c.coupons) AND o.batch_id = ANY(p.batches)) k ON true
        LEFT JOIN (SELECT shop_id, claim_id, count(*) AS many FROM promotions_pack_name GROUP BY shop_id, claim_id) n
          ON n.shop_id = c.shop_id AND n.claim_id = c.id
        WHERE k.many <> cardinality(p.batches) OR cardinality(c.coupons) <> k.many OR n.many IS NULL
        """,
    ),
    history_invariant(
        states.CAMPAIGN, table="promotions_campaign", room="promotions", name="promotions_campaigns_moved_as_allowed"
    ),
    history_invariant(
        states.BATCH, table="promotions_batch", room="promotions", name="promotions_batches_moved_as_allowed"
    ),
    *BUNDLES,
    *group_invariants.INVARIANTS,
]
