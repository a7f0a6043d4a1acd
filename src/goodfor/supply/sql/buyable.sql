-- supply: each offer from which some SKUs could be bought now: (sku, units, look at the item, landed cost, floor, loss
-- budget, their own floor for the channel, whether the shop has stopped selling it, protocol, what is left of
-- the day for prices that rise unasked). A stock without a number counts for as much as one order may hold; one that is
-- low, for one. No more than the day's quota and the balance there allow.
SELECT o.sku_id, u.units - u.units %% i.multiple, i.seen_at, i.cost * s.rate, coalesce(r.floor_minor, 0),
       coalesce(r.loss_budget_minor, 0), coalesce(i.terms -> 'floors' ->> %(channel)s::text, i.terms -> 'floors' ->> '*'),
       EXISTS (SELECT FROM supply_watch w
               WHERE w.shop_id = %(shop_id)s AND w.sku_id = o.sku_id AND w.paused_at IS NOT NULL),
       s.protocol, nullif(s.surprise_minor, 0) - coalesce(e.used, 0)
FROM supply_offer o
JOIN supply_item i ON i.id = o.item_id AND i.shop_id = %(shop_id)s
JOIN supply_supplier s ON s.id = o.supplier_id AND s.shop_id = %(shop_id)s
LEFT JOIN supply_route r ON r.shop_id = %(shop_id)s AND r.sku_id = o.sku_id
LEFT JOIN supply_day d ON d.shop_id = %(shop_id)s AND d.day = %(day)s AND d.key = o.id
LEFT JOIN supply_day e ON e.shop_id = %(shop_id)s AND e.day = %(day)s AND e.key = s.id
CROSS JOIN LATERAL (
    SELECT least(CASE WHEN i.stock IS NOT NULL THEN i.stock WHEN i.stock_word = 'low' THEN i.multiple
                      ELSE %(many)s::bigint END,
                 o.daily_quota - coalesce(d.used, 0),
                 CASE WHEN i.cost > 0 THEN floor((s.balance + s.credit) / i.cost) END)::bigint AS units
) u
WHERE o.shop_id = %(shop_id)s AND o.sku_id = ANY (%(sku_ids)s::uuid[]) AND o.enabled AND s.enabled
  AND i.state = 'on' AND i.stock_word <> 'out' AND i.kind IN ('card', 'link', 'image', 'ticket', 'direct')
  AND u.units >= i.least * i.multiple AND i.least * i.multiple <= %(quantity)s::bigint
  AND (o.from_minute = o.to_minute
       OR CASE WHEN o.from_minute < o.to_minute THEN %(minute)s::int >= o.from_minute AND %(minute)s::int < o.to_minute
               ELSE %(minute)s::int >= o.from_minute OR %(minute)s::int < o.to_minute END)
  AND NOT EXISTS (
      SELECT FROM jsonb_array_elements(i.terms -> 'closed') c
      CROSS JOIN LATERAL (
          SELECT CASE WHEN c ->> 0 ~ '^\d{1,2}:\d{2}' THEN
                      (split_part(c ->> 0, ':', 1)::int * 60 + left(split_part(c ->> 0, ':', 2), 2)::int) %% 1440 END AS a,
                 CASE WHEN c ->> 1 ~ '^\d{1,2}:\d{2}' THEN
                      (split_part(c ->> 1, ':', 1)::int * 60 + left(split_part(c ->> 1, ':', 2), 2)::int) %% 1440 END AS b
      ) t
      WHERE t.a <> t.b AND CASE WHEN t.a < t.b THEN %(minute)s::int >= t.a AND %(minute)s::int < t.b
                                ELSE %(minute)s::int >= t.a OR %(minute)s::int < t.b END)
  AND (%(channel)s::text = '' OR NOT coalesce(i.terms -> 'banned_channels', '[]') ? %(channel)s::text)
  AND (%(channel)s::text = '' OR CASE
           WHEN cardinality(o.channels) > 0 THEN %(channel)s::text = ANY (o.channels)
           WHEN jsonb_array_length(coalesce(i.terms -> 'channels', '[]')) > 0 THEN i.terms -> 'channels' ? %(channel)s::text
           ELSE true END)
  AND NOT EXISTS (SELECT FROM supply_breaker b
                  WHERE b.supplier_id = s.id AND b.shop_id = %(shop_id)s AND b.item_key IN ('', i.id::text)
                    AND b.until > %(now)s)
  AND NOT EXISTS (SELECT FROM supply_consequence j
                  WHERE j.supplier_id = s.id AND j.shop_id = %(shop_id)s AND j.lifted_at IS NULL
                    AND j.level = 'suspend')
