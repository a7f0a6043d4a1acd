-- Events of one stretch of time for `bench risk`, in the order of their time: who, with which device, from where, is picked
-- by chance; most people keep to their own device and place; one address has a large share of all traffic.
WITH picked AS MATERIALIZED (
    SELECT n, (power(random(), 1.5) * %(buyers)s)::int %% %(buyers)s AS buyer, random() AS own, random() AS place,
           random() AS kind, random() AS other
    FROM generate_series(1, %(count)s::int) AS n
), whole AS (
    SELECT n, buyer, %(scenes)s::smallint[] AS scenes, %(results)s::smallint[] AS results,
           width_bucket(kind, %(shares)s::float8[]) + 1 AS which,
           CASE WHEN own < 0.85 THEN (buyer * 7919::bigint) %% %(devices)s ELSE (other * %(devices)s)::int %% %(devices)s END
               AS device,
           CASE WHEN place < 0.038 THEN 0
                WHEN place < 0.75 THEN (buyer * 104729::bigint) %% %(places)s
                ELSE (other * %(places)s)::int %% %(places)s END AS place,
           CASE WHEN own < 0.9 THEN (buyer * 13::bigint) %% %(cards)s ELSE (other * %(cards)s)::int %% %(cards)s END AS card,
           (other * 200)::int AS batch
    FROM picked
)
INSERT INTO {table} (shop_id, at, scene, result, amount_minor, buyer, device, network, address, phone, instrument, batch,
    decision_id)
SELECT %(shop)s, x.at, x.scene, x.result, CASE WHEN x.scene IN (5, 6) THEN 1000 + x.n %% 50000 ELSE 0 END,
       b.key, d.key, p.other, p.key, CASE WHEN x.scene = 5 THEN b.other END, CASE WHEN x.scene = 6 THEN c.key END,
       CASE WHEN x.scene = 8 THEN h.key END,
       -- Of good sign-ins the decision is looked up again: a UUIDv7 of that time.
       CASE WHEN x.scene = 2 AND x.result = 1 THEN
           (lpad(to_hex((extract(epoch FROM x.at) * 1000)::bigint), 12, '0') || '7000' || '8000'
            || lpad(to_hex(x.n), 12, '0'))::uuid END
FROM (SELECT *, scenes[which] AS scene, results[which] AS result,
             %(first)s::timestamptz + (%(last)s::timestamptz - %(first)s::timestamptz) * (n::float8 / (%(count)s + 1)) AS at
      FROM whole) x
JOIN bench_key b ON b.kind = 1 AND b.n = x.buyer
JOIN bench_key d ON d.kind = 2 AND d.n = x.device
JOIN bench_key p ON p.kind = 4 AND p.n = x.place
JOIN bench_key c ON c.kind = 7 AND c.n = x.card
JOIN bench_key h ON h.kind = 8 AND h.n = x.batch
ORDER BY x.n
