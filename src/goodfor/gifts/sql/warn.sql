-- gifts: those that end soon and whose giver is told now, each once; who made one for less than that is not.
WITH picked AS (
    SELECT id, made_at, ends_at FROM gifts_gift
     WHERE state = 'made' AND warned_at IS NULL AND ends_at <= %(soon)s
     ORDER BY ends_at LIMIT %(most)s FOR NO KEY UPDATE SKIP LOCKED
), told AS (
    UPDATE gifts_gift g SET warned_at = %(now)s FROM picked p WHERE g.id = p.id
    RETURNING g.shop_id, g.id, g.number, g.kind, g.giver_ref, g.ends_at, g.made_at
)
SELECT shop_id, id, number, kind, giver_ref, ends_at, ends_at > %(now)s AND ends_at - made_at > %(least)s FROM told
