-- recon: the tables of one comparing; they end with its transaction, or with the next comparing in the same one.
DROP TABLE IF EXISTS pg_temp.recon_in, pg_temp.recon_t, pg_temp.recon_o, pg_temp.recon_b, pg_temp.recon_pairs,
  pg_temp.recon_judged, pg_temp.recon_gap, pg_temp.recon_found;
CREATE TEMP TABLE recon_in (
  kind text, source text, day date, at timestamptz, amount_minor bigint, amount_rest int, currency text, key text,
  alt_key text, group_key text, fee numeric(20, 6), state text, post_ref text, account text) ON COMMIT DROP;
CREATE TEMP TABLE recon_t (
  id bigint, kind text, source text, day date, at timestamptz, amount_minor bigint, amount_rest int, currency text,
  key text, alt_key text, fee numeric(20, 6), state text, account text) ON COMMIT DROP;
CREATE TEMP TABLE recon_o (
  id bigint, kind text, source text, day date, at timestamptz, amount_minor bigint, amount_rest int, currency text,
  key text, alt_key text, fee numeric(20, 6), state text, account text, post_ref text, base boolean, taken boolean)
  ON COMMIT DROP;
CREATE TEMP TABLE recon_b (id bigint, key text, amount_minor bigint) ON COMMIT DROP;
CREATE TEMP TABLE recon_pairs (theirs_id bigint, ours_id bigint, by text) ON COMMIT DROP;
CREATE TEMP TABLE recon_judged (theirs_id bigint, ours_id bigint, by text, verdict text, agrees boolean)
  ON COMMIT DROP;
CREATE TEMP TABLE recon_gap (ours_id bigint, theirs_id bigint, post_ref text, want bigint) ON COMMIT DROP;
CREATE TEMP TABLE recon_found (
  category text, business_key text, ours_id bigint, theirs_id bigint, risk_minor bigint, detail jsonb) ON COMMIT DROP;
SET LOCAL work_mem = '128MB';
SET LOCAL statement_timeout = '20min';
SET LOCAL jit = off;
