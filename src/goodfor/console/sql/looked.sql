-- What somebody looked at within the hour, and the lists and codes they took since midnight: (codes, unsold, exports,
-- redeemed). What was refused counts for a minute, so that many at once are all seen: also those of a later moment whose
-- rows were committed before this one asks. Of each kind the newest 500 are read; what showed nothing pushes none out.
SELECT coalesce(sum(l.codes), 0)::int,
       coalesce(sum(l.unsold), 0)::int,
       (SELECT count(DISTINCT t.taken) FROM (
            SELECT taken FROM console_look
            WHERE shop_id = %(shop_id)s AND staff_id = %(staff_id)s AND at >= %(midnight)s AND kind = 'export'
              AND (done OR at > %(minute)s)
            ORDER BY at DESC LIMIT 500) t)::int,
       EXISTS (SELECT FROM console_look r WHERE r.shop_id = %(shop_id)s AND r.staff_id = %(staff_id)s
               AND r.redeemed_at > %(while)s)
FROM (SELECT codes, unsold FROM console_look
      WHERE shop_id = %(shop_id)s AND staff_id = %(staff_id)s AND at > %(hour)s AND kind <> 'export' AND codes > 0
        AND (done OR at > %(minute)s)
      ORDER BY at DESC LIMIT 500) l
