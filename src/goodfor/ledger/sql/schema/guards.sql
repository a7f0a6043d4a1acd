-- Guards that hold for raw SQL too: append-only tables, own-transaction postings, zero sums, guarded balances.
-- Refusals carry SQLSTATEs GFL01 ... GFL08, which writing.py turns into errors of the room.

ALTER TABLE ledger_balance SET (fillfactor = 50);
ALTER TABLE ledger_rollup SET (fillfactor = 50);
ALTER TABLE ledger_tx ADD CONSTRAINT ledger_tx_hash CHECK (octet_length(payload_hash) = 32);

CREATE FUNCTION ledger_business_date(at timestamptz) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (at AT TIME ZONE 'Asia/Shanghai')::date $$;

CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: the ledger only grows', TG_OP, TG_TABLE_NAME USING ERRCODE = 'GFL08';
END $$;

CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_tx
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_posting
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_seal
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_append_only BEFORE DELETE OR TRUNCATE ON ledger_account
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_append_only BEFORE DELETE OR TRUNCATE ON ledger_period
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_append_only BEFORE DELETE OR TRUNCATE ON ledger_balance
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

-- A guarded balance moves only inside the guard of the postings; the floor may be moved by hand (a credit line).
CREATE TRIGGER ledger_balance_moves BEFORE UPDATE OF shop_id, account_id, slice, posted_minor, pending_out_minor
  ON ledger_balance FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_balance_opens BEFORE INSERT ON ledger_balance FOR EACH ROW
  WHEN (NEW.posted_minor <> 0 OR NEW.pending_out_minor <> 0) EXECUTE FUNCTION ledger_refuse();

CREATE FUNCTION ledger_account_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.closed_at IS NOT NULL OR ROW(NEW.id, NEW.shop_id, NEW.code, NEW.type, NEW.normal_side, NEW.currency,
        NEW.guarded, NEW.slices, NEW.opened_at) IS DISTINCT FROM ROW(OLD.id, OLD.shop_id, OLD.code, OLD.type,
        OLD.normal_side, OLD.currency, OLD.guarded, OLD.slices, OLD.opened_at) THEN
      RAISE EXCEPTION 'account % is fixed; it can only be closed', OLD.code USING ERRCODE = 'GFL08';
    END IF;
    RETURN NEW;
  END IF;
  PERFORM FROM ledger_chart() c WHERE NEW.code ~ c.pattern AND c.type = NEW.type
     AND c.normal_side = NEW.normal_side AND (NEW.guarded OR NOT c.guarded);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'account % is not in the chart as such', NEW.code USING ERRCODE = 'GFL02', COLUMN = NEW.code;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_account_guard BEFORE INSERT OR UPDATE ON ledger_account
  FOR EACH ROW EXECUTE FUNCTION ledger_account_guard();

CREATE FUNCTION ledger_period_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND (NEW.state <> 'closing' OR NEW.closing_xid <> pg_current_xact_id()) THEN
    RAISE EXCEPTION 'a month is first closing' USING ERRCODE = 'GFL08';
  ELSIF TG_OP = 'UPDATE' AND (OLD.state <> 'closing' OR NEW.state <> 'closed' OR NEW.month <> OLD.month
      OR NEW.shop_id <> OLD.shop_id OR NEW.closing_xid <> OLD.closing_xid
      -- Every transaction that may have seen the month open has ended.
      OR OLD.closing_xid >= pg_snapshot_xmin(pg_current_snapshot())) THEN
    RAISE EXCEPTION 'month % cannot change so', OLD.month USING ERRCODE = 'GFL06';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_period_guard BEFORE INSERT OR UPDATE ON ledger_period
  FOR EACH ROW EXECUTE FUNCTION ledger_period_guard();

-- After the statement that inserted headers: each has its postings (so both come in one statement), bears the
-- current transaction id, and lies in an open month. A month counts as closed from `closing` on.
CREATE FUNCTION ledger_tx_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  me xid8 := pg_current_xact_id();
  fine boolean;
  dated boolean;
BEGIN
  SELECT bool_and(n.xid = me AND (SELECT true FROM ledger_posting p
                                   WHERE p.shop_id = n.shop_id AND p.tx_id = n.id LIMIT 1) IS NOT NULL),
         bool_and((SELECT true FROM ledger_period d WHERE d.shop_id = n.shop_id
                    AND d.month >= date_trunc('month', ledger_business_date(n.effective_at))::date LIMIT 1) IS NULL)
    INTO fine, dated FROM new_tx n;
  IF fine IS FALSE THEN
    RAISE EXCEPTION 'a transaction comes whole, in one statement with its postings' USING ERRCODE = 'GFL07';
  ELSIF dated IS FALSE THEN
    RAISE EXCEPTION 'the month is closed' USING ERRCODE = 'GFL06';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_tx_guard AFTER INSERT ON ledger_tx REFERENCING NEW TABLE AS new_tx
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_tx_guard();
