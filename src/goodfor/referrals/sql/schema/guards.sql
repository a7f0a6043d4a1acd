-- What was promised and by whom is written once; a reward keeps what it is, and only more of it is taken back.
CREATE FUNCTION referrals_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER referrals_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON referrals_revision
    FOR EACH STATEMENT EXECUTE FUNCTION referrals_refuse();

CREATE FUNCTION referrals_reward_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.taken_minor < OLD.taken_minor
       OR OLD.state IN ('reversed', 'rejected') AND NEW.state <> OLD.state
       OR OLD.paid_at IS NOT NULL AND NEW.paid_at IS DISTINCT FROM OLD.paid_at
       OR ROW(NEW.id, NEW.shop_id, NEW.order_id, NEW.line_id, NEW.beneficiary, NEW.friend, NEW.level, NEW.programme_id,
              NEW.revision, NEW.kind, NEW.base_minor, NEW.wanted_minor, NEW.amount_minor, NEW.currency, NEW.earned_at)
          IS DISTINCT FROM
          ROW(OLD.id, OLD.shop_id, OLD.order_id, OLD.line_id, OLD.beneficiary, OLD.friend, OLD.level, OLD.programme_id,
              OLD.revision, OLD.kind, OLD.base_minor, OLD.wanted_minor, OLD.amount_minor, OLD.currency, OLD.earned_at)
    THEN
        RAISE EXCEPTION 'reward % cannot change so', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER referrals_reward_guard BEFORE UPDATE OR DELETE ON referrals_reward
    FOR EACH ROW EXECUTE FUNCTION referrals_reward_guard();
