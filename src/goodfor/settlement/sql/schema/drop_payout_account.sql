-- As it was before payouts had an account.
CREATE OR REPLACE FUNCTION settlement_payout_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM FROM settlement_statement s
      WHERE s.shop_id = NEW.shop_id AND s.id = NEW.statement_id AND s.state = 'paying' AND s.party_id = NEW.party_id
        AND s.payable_minor = NEW.amount_minor AND s.currency = NEW.currency;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'payout % does not fit its statement', NEW.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF ROW(NEW.id, NEW.shop_id, NEW.number, NEW.statement_id, NEW.party_id, NEW.amount_minor, NEW.currency, NEW.way,
         NEW.file_id, NEW.bank_mark, NEW.bank_tail, NEW.started_at, NEW.started_by)
     IS DISTINCT FROM
     ROW(OLD.id, OLD.shop_id, OLD.number, OLD.statement_id, OLD.party_id, OLD.amount_minor, OLD.currency, OLD.way,
         OLD.file_id, OLD.bank_mark, OLD.bank_tail, OLD.started_at, OLD.started_by)
     OR NEW.state <> OLD.state AND NOT EXISTS (SELECT FROM settlement_payout_moves() m
                                               WHERE m.before = OLD.state AND m.after = NEW.state) THEN
    RAISE EXCEPTION 'payout % cannot change so', OLD.number USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
