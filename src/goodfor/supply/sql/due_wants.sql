-- supply, platform job: wants to buy for, the shops taking turns: (shop, want).
SELECT shop_id, id FROM (
    SELECT shop_id, id, next_at, row_number() OVER (PARTITION BY shop_id ORDER BY next_at) AS turn
    FROM (SELECT shop_id, id, next_at FROM supply_want WHERE next_at <= %(now)s ORDER BY next_at LIMIT 2000) w
) t
ORDER BY turn, next_at
LIMIT %(limit)s::bigint
