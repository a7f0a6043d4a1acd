"""Truths about groups and bargains. What holds between a place and its order stands in orders."""

from goodfor.kernel.invariants import Invariant, history_invariant
from goodfor.promotions import group_states

INVARIANTS = [
    Invariant(
        name="groups_are_persons_who_paid",
        room="promotions",
        why="a group forms by enough different buyers who paid, is never filled up, and counts those it has",
        sql="""
        SELECT g.id::text, g.state || ' of ' || g.size || ', says ' || g.persons || ', paid by ' || p.buyers
        FROM promotions_group g
        CROSS JOIN LATERAL (
            SELECT count(DISTINCT p.buyer_ref) AS buyers FROM promotions_place p
            WHERE p.shop_id = g.shop_id AND p.group_id = g.id
              AND p.state = CASE g.state WHEN 'formed' THEN 'won' WHEN 'failed' THEN 'lost' ELSE 'joined' END) p
        WHERE g.persons > p.buyers OR g.state = 'formed' AND p.buyers < g.size
           OR (g.persons = 0) <> (p.buyers = 0) AND g.state <> 'formed'
        """,
    ),
    Invariant(
        name="groups_decide_their_places",
        room="promotions",
        why="who paid is in when the group formed, has the money back when it failed, and waits only while it is open",
        sql="""
        SELECT p.order_id::text, p.state || ' in a group that is ' || coalesce(g.state, 'gone')
        FROM promotions_place p LEFT JOIN promotions_group g ON g.shop_id = p.shop_id AND g.id = p.group_id
        WHERE g.id IS NULL OR p.state = 'joined' AND g.state <> 'open' OR p.state = 'won' AND g.state <> 'formed'
           OR p.state = 'lost' AND g.state <> 'failed'
        """,
    ),
    Invariant(
        name="groups_end_in_time",
        room="promotions",
        why="nobody's money waits for a group longer than its time",
        sql="""
        SELECT g.id::text, 'open until ' || g.expires_at FROM promotions_group g
        WHERE g.state = 'open' AND g.expires_at < %(now)s - interval '5 minutes'
        """,
    ),
    Invariant(
        name="bargains_add_up",
        room="promotions",
        why="the cuts of a bargain are what lies between its start and its floor, and its price is what was helped",
        sql="""
        SELECT b.id::text, 'price ' || b.price_minor || ' after ' || b.helped || ' of ' || cardinality(b.cuts)
               || ', helps ' || h.n || ' of ' || h.minor
        FROM promotions_bargain b
        CROSS JOIN LATERAL (SELECT coalesce(sum(c), 0) AS whole, coalesce(min(c), 0) AS least,
                                   coalesce(sum(c) FILTER (WHERE at <= b.helped), 0) AS cut
                            FROM unnest(b.cuts) WITH ORDINALITY AS u (c, at)) c
        CROSS JOIN LATERAL (SELECT count(*) AS n, coalesce(sum(minor), 0) AS minor FROM promotions_help h
                            WHERE h.shop_id = b.shop_id AND h.bargain_id = b.id) h
        WHERE c.whole <> b.start_minor - b.floor_minor OR c.least < 1 OR b.price_minor <> b.start_minor - c.cut
           OR h.n <> b.helped OR h.minor <> c.cut
        """,
    ),
    history_invariant(
        group_states.GROUP, table="promotions_group", room="promotions", name="groups_moved_as_allowed"
    ),
    history_invariant(
        group_states.PLACE, table="(SELECT order_id AS id, shop_id, state FROM promotions_place)", room="promotions",
        name="places_moved_as_allowed",
    ),
    history_invariant(
        group_states.BARGAIN, table="promotions_bargain", room="promotions", name="bargains_moved_as_allowed"
    ),
]  # fmt: skip
