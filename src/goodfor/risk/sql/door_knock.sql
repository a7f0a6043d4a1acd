-- One knock: see sql/schema/doors.sql. It commits by itself.
SELECT allowed, wait, cost, known, trips FROM risk_door_knock(
    %(shop_id)s::uuid, %(door)s::smallint, %(kinds)s::smallint[], %(keys)s::bigint[], %(who)s::smallint[],
    %(allow)s::integer[], %(leak)s::float8[], %(forget)s::float8[], %(locks)s::float8[], %(asks)s::boolean[],
    %(known)s::bigint, %(scopes)s::bigint[], %(paid)s::integer, %(now)s::timestamptz)
