-- What somebody looked at within the hour, and the lists and codes they took since midnight: (codes, unsold, exports,
-- redeemed). What was refused counts for a minute, so that many at once are all seen; so does what began a moment later
-- and was written down earlier: there is no upper end of time. The newest 500 are read.
SELECT coalesce(sum(l.codes) FILTER (WHERE l.kind <> 'export' AND l.at > %(hour)s), 0)::int,
       coalesce(sum(l.unsold) FILTER (WHERE l.kind <> 'export' AND l.at > %(hour)s), 0)::int,
       (count(DISTINCT l.taken) FILTER (WHERE l.kind = 'export' AND l.at >= %(midnight)s))::int,
       EXISTS (SELECT FROM console_look r WHERE r.shop_id = %(shop_id)s AND r.staff_id = %(staff_id)s
               AND r.redeemed_at > %(while)s)
FROM (SELECT kind, at, codes, unsold, taken FROM console_look
      WHERE shop_id = %(shop_id)s AND staff_id = %(staff_id)s AND at > %(since)s
        AND (done OR at > %(minute)s)
      ORDER BY at DESC LIMIT 500) l
