-- Shares an amount by largest remainder, ties to the earlier weight; a negative amount as its opposite. The same as
-- ledger/shares.py, which a test holds it to. Of a growing amount each share is the share of the whole, less what was
-- shared before: however an order's money comes and goes back, at the end each line has exactly its part.
CREATE FUNCTION insights_share(amount bigint, weights bigint[]) RETURNS bigint[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  total numeric;
  parts bigint[];
BEGIN
  SELECT sum(w) INTO total FROM unnest(weights) w;
  SELECT array_agg(CASE WHEN r.place <= r.rest THEN r.part + 1 ELSE r.part END * sign(amount)::bigint ORDER BY r.n)
    INTO parts
    FROM (SELECT s.n, s.part, abs(amount) - sum(s.part) OVER () AS rest,
                 row_number() OVER (ORDER BY s.remainder DESC, s.n) AS place
            FROM (SELECT n, div(abs(amount)::numeric * w, total)::bigint AS part,
                         mod(abs(amount)::numeric * w, total) AS remainder
                    FROM unnest(weights) WITH ORDINALITY AS u(w, n)) s) r;
  RETURN parts;
END $$;

ALTER TABLE insights_cube SET (fillfactor = 70);
ALTER TABLE insights_order SET (fillfactor = 90);

CREATE FUNCTION insights_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: what was told stays', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER insights_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON insights_issue
  FOR EACH STATEMENT EXECUTE FUNCTION insights_refuse();
CREATE TRIGGER insights_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON insights_brief
  FOR EACH STATEMENT EXECUTE FUNCTION insights_refuse();
