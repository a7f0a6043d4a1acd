-- What wrong answers say of an asker: accounts failed within ten minutes by network, address and device (the most of
-- them counts), accounts at which this password failed within an hour, sound codes that nobody has, guesses that
-- begin like this one. The newest 500 of each.
SELECT
    greatest(
        (SELECT count(DISTINCT t.subject) FROM (SELECT a.subject FROM risk_door_answer a
            WHERE a.shop_id = %(shop_id)s AND a.door = %(door)s AND a.network = %(network)s::bigint AND NOT a.good
              AND a.at > %(minutes)s ORDER BY a.at DESC LIMIT 500) t),
        (SELECT count(DISTINCT t.subject) FROM (SELECT a.subject FROM risk_door_answer a
            WHERE a.shop_id = %(shop_id)s AND a.door = %(door)s AND a.address = %(address)s::bigint AND NOT a.good
              AND a.at > %(minutes)s ORDER BY a.at DESC LIMIT 500) t),
        (SELECT count(DISTINCT t.subject) FROM (SELECT a.subject FROM risk_door_answer a
            WHERE a.shop_id = %(shop_id)s AND a.door = %(door)s AND a.device = %(device)s::bigint AND NOT a.good
              AND a.at > %(minutes)s ORDER BY a.at DESC LIMIT 500) t)),
    (SELECT count(DISTINCT t.subject) FROM (SELECT a.subject FROM risk_door_answer a
        WHERE a.shop_id = %(shop_id)s AND a.door = %(door)s AND a.mark = %(mark)s::bigint AND NOT a.good
          AND a.at > %(hour)s ORDER BY a.at DESC LIMIT 500) t),
    greatest(
        (SELECT count(*) FILTER (WHERE t.sound) FROM (SELECT a.sound FROM risk_door_answer a
            WHERE a.shop_id = %(shop_id)s AND a.door = %(door)s AND a.network = %(network)s::bigint AND NOT a.good
              AND a.at > %(minutes)s ORDER BY a.at DESC LIMIT 500) t),
        (SELECT count(*) FILTER (WHERE t.sound) FROM (SELECT a.sound FROM risk_door_answer a
            WHERE a.shop_id = %(shop_id)s AND a.door = %(door)s AND a.device = %(device)s::bigint AND NOT a.good
              AND a.at > %(minutes)s ORDER BY a.at DESC LIMIT 500) t)),
    (SELECT count(DISTINCT t.guess) FROM (SELECT a.guess FROM risk_door_answer a
        WHERE a.shop_id = %(shop_id)s AND a.door = %(door)s AND a.mark = %(mark)s::bigint AND NOT a.good
          AND a.at > %(minutes)s ORDER BY a.at DESC LIMIT 500) t)
