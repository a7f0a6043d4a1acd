-- Months are closed softly first: then only adjustments, which say why, go in; `closing` and `closed` take nothing.
CREATE OR REPLACE FUNCTION ledger_period_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  me xid8 := pg_current_xact_id();
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state NOT IN ('soft', 'closing') OR NEW.closing_xid <> me
        OR NEW.soft_xid IS DISTINCT FROM (CASE WHEN NEW.state = 'soft' THEN me END) THEN
      RAISE EXCEPTION 'a month is first soft or closing' USING ERRCODE = 'GFL08';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.shop_id = OLD.shop_id AND NEW.month = OLD.month AND NEW.soft_xid IS NOT DISTINCT FROM OLD.soft_xid THEN
    IF OLD.state = 'soft' AND NEW.state = 'closing' AND NEW.closing_xid = me THEN
      RETURN NEW;
    END IF;
    -- Every transaction that may have seen the month open has ended.
    IF OLD.state = 'closing' AND NEW.state = 'closed' AND NEW.closing_xid = OLD.closing_xid
        AND OLD.closing_xid < pg_snapshot_xmin(pg_current_snapshot()) THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'month % cannot change so', OLD.month USING ERRCODE = 'GFL06';
END $$;

-- After the statement that inserted headers: each has its postings (so both come in one statement), bears the
-- current transaction id, and lies in a month that takes it; an adjustment says why.
CREATE OR REPLACE FUNCTION ledger_tx_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  me xid8 := pg_current_xact_id();
  fine boolean;
  dated boolean;
  said boolean;
BEGIN
  SELECT bool_and(n.xid = me AND (SELECT true FROM ledger_posting p
                                   WHERE p.shop_id = n.shop_id AND p.tx_id = n.id LIMIT 1) IS NOT NULL),
         bool_and((SELECT true FROM ledger_period d WHERE d.shop_id = n.shop_id
                    AND d.month >= date_trunc('month', ledger_business_date(n.effective_at))::date
                    AND (d.state <> 'soft' OR NOT n.adjustment) LIMIT 1) IS NULL),
         bool_and(NOT n.adjustment OR coalesce(n.metadata ->> 'reason', '') <> '')
    INTO fine, dated, said FROM new_tx n;
  IF fine IS FALSE THEN
    RAISE EXCEPTION 'a transaction comes whole, in one statement with its postings' USING ERRCODE = 'GFL07';
  ELSIF dated IS FALSE THEN
    RAISE EXCEPTION 'the month is closed' USING ERRCODE = 'GFL06';
  ELSIF said IS FALSE THEN
    RAISE EXCEPTION 'an adjustment says why' USING ERRCODE = 'GFL07';
  END IF;
  RETURN NULL;
END $$;
