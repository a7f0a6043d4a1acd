-- The asker was right: see sql/schema/doors.sql; and a line of it.
WITH line AS (
    INSERT INTO risk_door_answer (shop_id, door, at, good, scope, network, address, device, subject, mark, guess,
                                  sound)
    VALUES (%(shop_id)s, %(door)s, %(now)s, true, %(scope)s, NULL, NULL, NULL, NULL, NULL, NULL, false)
)
SELECT risk_door_right(
    %(shop_id)s::uuid, %(door)s::smallint, %(kinds)s::smallint[], %(keys)s::bigint[], %(resets)s::boolean[],
    %(allow)s::integer[], %(leak)s::float8[], %(trips)s::timestamptz[], %(known)s::bigint, %(now)s::timestamptz)
