-- aftersales: what became of a buyer's latest claims about codes that they had looked at, this case left out: claims,
-- proven, refused for something that speaks against them, believed without proof, money back in minor units.
SELECT count(*) FILTER (WHERE opened_at > %(half_year)s),
       count(*) FILTER (WHERE proven),
       count(*) FILTER (WHERE action = 'reject' AND why = ANY (%(against)s::text[])),
       count(*) FILTER (WHERE action IN ('refund', 'replace') AND NOT proven AND by = 'system'
                        AND opened_at > %(half_year)s),
       coalesce(sum(amount_minor) FILTER (WHERE action IN ('refund', 'void_refund') AND opened_at > %(quarter)s), 0)::bigint
FROM (SELECT opened_at, proven, action, why, by, amount_minor FROM aftersales_case
      WHERE shop_id = %(shop_id)s AND buyer = %(buyer)s AND id <> %(case_id)s AND seen > 0
      ORDER BY id DESC LIMIT 1000) AS latest
