-- A second person looks at the very figures: what was tried stays so, and what was found is not written anew.
CREATE FUNCTION risk_backtest_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.shop_id, OLD.says, OLD.digest, OLD.since, OLD.until, OLD.as_of, OLD.made_by, OLD.made_at)
       IS DISTINCT FROM (NEW.shop_id, NEW.says, NEW.digest, NEW.since, NEW.until, NEW.as_of, NEW.made_by, NEW.made_at)
       OR OLD.ended_at IS NOT NULL
          AND to_jsonb(OLD) - '{rule_id,latest}'::text[] <> to_jsonb(NEW) - '{rule_id,latest}'::text[] THEN
        RAISE EXCEPTION 'a backtest stays what it is' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER risk_backtest_fixed BEFORE UPDATE ON risk_backtest
    FOR EACH ROW EXECUTE FUNCTION risk_backtest_fixed();
