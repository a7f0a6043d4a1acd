-- What reconciliation must not do, whoever writes: rows, matches, breaks, imports and tries only grow.
CREATE FUNCTION recon_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: what was compared only grows', TG_OP, TG_TABLE_NAME USING ERRCODE = 'GFR01';
END $$;

CREATE TRIGGER recon_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON recon_import
  FOR EACH STATEMENT EXECUTE FUNCTION recon_refuse();
CREATE TRIGGER recon_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON recon_match
  FOR EACH STATEMENT EXECUTE FUNCTION recon_refuse();
CREATE TRIGGER recon_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON recon_pairing
  FOR EACH STATEMENT EXECUTE FUNCTION recon_refuse();
CREATE TRIGGER recon_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON recon_action
  FOR EACH STATEMENT EXECUTE FUNCTION recon_refuse();
CREATE TRIGGER recon_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON recon_day
  FOR EACH STATEMENT EXECUTE FUNCTION recon_refuse();
CREATE TRIGGER recon_append_only BEFORE DELETE OR TRUNCATE ON recon_row
  FOR EACH STATEMENT EXECUTE FUNCTION recon_refuse();
CREATE TRIGGER recon_append_only BEFORE DELETE OR TRUNCATE ON recon_run
  FOR EACH STATEMENT EXECUTE FUNCTION recon_refuse();
CREATE TRIGGER recon_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON recon_break
  FOR EACH STATEMENT EXECUTE FUNCTION recon_refuse();
CREATE TRIGGER recon_append_only BEFORE DELETE OR TRUNCATE ON recon_case
  FOR EACH STATEMENT EXECUTE FUNCTION recon_refuse();
CREATE TRIGGER recon_append_only BEFORE DELETE OR TRUNCATE ON recon_pool
  FOR EACH STATEMENT EXECUTE FUNCTION recon_refuse();

-- A row only ever stops being live; its words stand.
CREATE TRIGGER recon_row_words BEFORE UPDATE OF id, shop_id, at, amount_minor, day, amount_rest, side, account, kind, currency,
    state, key, alt_key, group_key, post_ref, source, fee ON recon_row
  FOR EACH STATEMENT EXECUTE FUNCTION recon_refuse();
CREATE FUNCTION recon_row_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'row % is over and stays so', OLD.id USING ERRCODE = 'GFR02';
END $$;
CREATE TRIGGER recon_row_ends BEFORE UPDATE OF live ON recon_row FOR EACH ROW
  WHEN (NOT OLD.live AND NEW.live) EXECUTE FUNCTION recon_row_ends();

-- A run's figures stand; it stops being live once.
CREATE TRIGGER recon_run_figures BEFORE UPDATE OF id, shop_id, area, account, day, version, currency, ours, theirs, books,
    matched, matched_minor, pooled, books_minor, theirs_minor, breaks, imports, actor, made_at ON recon_run
  FOR EACH STATEMENT EXECUTE FUNCTION recon_refuse();
CREATE TRIGGER recon_run_ends BEFORE UPDATE OF live ON recon_run FOR EACH ROW
  WHEN (NOT OLD.live AND NEW.live) EXECUTE FUNCTION recon_row_ends();

-- Of a pool's entry only its end changes; of a case its identity never.
CREATE TRIGGER recon_pool_words BEFORE UPDATE OF id, shop_id, area, account, row_id, day, until, entered_run ON recon_pool
  FOR EACH STATEMENT EXECUTE FUNCTION recon_refuse();
CREATE TRIGGER recon_case_words BEFORE UPDATE OF id, shop_id, area, account, day, category, business_key, opened_at ON recon_case
  FOR EACH STATEMENT EXECUTE FUNCTION recon_refuse();
