-- Lock keys at once: see sql/schema/doors.sql.
SELECT risk_door_strike(
    %(shop_id)s::uuid, %(door)s::smallint, %(kinds)s::smallint[], %(keys)s::bigint[], %(locks)s::float8[],
    %(full)s::boolean, %(known)s::bigint, %(now)s::timestamptz)
