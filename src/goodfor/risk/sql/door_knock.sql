-- One knock: see sql/schema/door_knock.sql. It commits by itself. One that does not go on is not counted; that it came
-- is written down for the figures.
WITH came AS MATERIALIZED (
    SELECT allowed, wait, cost, known, trips FROM risk_door_knock(
        %(shop_id)s::uuid, %(door)s::smallint, %(kinds)s::smallint[], %(keys)s::bigint[], %(who)s::smallint[],
        %(allow)s::integer[], %(leak)s::float8[], %(forget)s::float8[], %(locks)s::float8[], %(asks)s::boolean[],
        %(known)s::bigint, %(scope)s::bigint, %(paid)s::integer, %(now)s::timestamptz)
), turned_away AS (
    INSERT INTO risk_door_refusal (shop_id, door, at, asked)
    SELECT %(shop_id)s, %(door)s, %(now)s, cost > 0 FROM came WHERE NOT allowed
)
SELECT allowed, wait, cost, known, trips FROM came
