-- Answers of a door within a long window, the newest of them.
SELECT count(*) FILTER (WHERE NOT good), count(*) FILTER (WHERE good) FROM (
    SELECT a.good FROM risk_door_answer a
    WHERE a.shop_id = %(shop_id)s AND a.door = %(door)s AND a.scope = %(scope)s AND a.at > %(since)s
    ORDER BY a.at DESC LIMIT %(cap)s) recent
