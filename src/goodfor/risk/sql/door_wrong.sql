-- The asker was wrong: a line of it, appended; and what that says together with the lines before it. Each look is
-- capped, so that it costs the same however long an attack lasts.
WITH line AS (
    INSERT INTO risk_door_answer (shop_id, door, at, good, scope, network, address, device, subject, mark, guess,
                                  sound)
    VALUES (%(shop_id)s, %(door)s, %(now)s, false, %(scope)s, %(network)s::bigint, %(address)s::bigint, %(device)s::bigint,
            %(subject)s::bigint, %(mark)s::bigint, %(guess)s::bigint, %(sound)s)
    RETURNING id
)
SELECT (SELECT id FROM line),
       (SELECT count(*) FROM (
           SELECT FROM risk_door_answer a
           WHERE a.shop_id = %(shop_id)s AND a.door = %(door)s AND a.scope = %(scope)s AND NOT a.good
             AND a.at > %(since)s
           LIMIT %(cap)s) w) + 1,
       (SELECT count(*) FROM (
           SELECT FROM risk_door_answer a
           WHERE a.shop_id = %(shop_id)s AND a.door = %(door)s AND a.scope = %(scope)s AND a.good
             AND a.at > %(since)s
           LIMIT %(cap)s) r),
       (SELECT count(DISTINCT m.guess) FROM (
           SELECT newest.guess FROM (
               SELECT a.guess FROM risk_door_answer a
               WHERE a.shop_id = %(shop_id)s AND a.door = %(door)s AND a.mark = %(mark)s::bigint AND NOT a.good
                 AND a.at > %(alike_since)s
               ORDER BY a.at DESC LIMIT 100) newest
           UNION ALL SELECT %(guess)s::bigint) m),
       (SELECT h.id FROM risk_honeypot h
        WHERE h.shop_id = %(shop_id)s AND h.hash = %(code)s AND h.retired_at IS NULL)
