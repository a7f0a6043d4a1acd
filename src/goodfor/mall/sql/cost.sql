-- What the mall gave away from an instant until before another, less what came back by now.
SELECT (SELECT count(*) FROM mall_redemption r WHERE r.shop_id = %(shop_id)s AND r.at >= %(since)s AND r.at < %(until)s
          AND r.state = 'taken'),
       (SELECT coalesce(sum(r.points), 0)::bigint FROM mall_redemption r WHERE r.shop_id = %(shop_id)s
          AND r.at >= %(since)s AND r.at < %(until)s AND r.state = 'taken'),
       (SELECT coalesce(sum(r.minor), 0)::bigint FROM mall_redemption r WHERE r.shop_id = %(shop_id)s
          AND r.at >= %(since)s AND r.at < %(until)s AND r.state = 'taken'),
       count(*), coalesce(sum(p.cost), 0)::bigint, coalesce(sum(p.units), 0)::bigint,
       coalesce(sum(p.minor - p.back_minor), 0)::bigint
FROM mall_play p WHERE p.shop_id = %(shop_id)s AND p.at >= %(since)s AND p.at < %(until)s
