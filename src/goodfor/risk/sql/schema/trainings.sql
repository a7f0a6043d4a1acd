-- What was asked for stays so; what ended is not written anew.
CREATE FUNCTION risk_training_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL
       OR (OLD.shop_id, OLD.scene_group, OLD.until, OLD.delay_days, OLD.test_days, OLD.made_by, OLD.made_at)
       IS DISTINCT FROM (NEW.shop_id, NEW.scene_group, NEW.until, NEW.delay_days, NEW.test_days, NEW.made_by, NEW.made_at)
    THEN
        RAISE EXCEPTION 'a training stays what it is' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER risk_training_fixed BEFORE UPDATE ON risk_training
    FOR EACH ROW EXECUTE FUNCTION risk_training_fixed();
CREATE TRIGGER risk_drift_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON risk_drift
    FOR EACH STATEMENT EXECUTE FUNCTION risk_kept();
