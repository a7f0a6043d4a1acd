-- Answers of a door within a long window, wrong and right, each up to a cap.
SELECT (SELECT count(*) FROM (
           SELECT FROM risk_door_answer a
           WHERE a.shop_id = %(shop_id)s AND a.door = %(door)s AND a.scope = %(scope)s AND NOT a.good
             AND a.at > %(since)s
           LIMIT %(cap)s) w),
       (SELECT count(*) FROM (
           SELECT FROM risk_door_answer a
           WHERE a.shop_id = %(shop_id)s AND a.door = %(door)s AND a.scope = %(scope)s AND a.good
             AND a.at > %(since)s
           LIMIT %(cap)s) r)
