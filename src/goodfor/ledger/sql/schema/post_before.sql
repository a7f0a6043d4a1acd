-- The function of before took fewer arrays; beside the new one it would be a second of that name.
DROP FUNCTION IF EXISTS ledger_post(
  uuid, text, timestamptz, text, text[], text[], bytea[], timestamptz[], text[], uuid[], jsonb, bigint[], bigint[],
  smallint[], text[], bigint[], smallint[], uuid[], uuid[], uuid[]);
