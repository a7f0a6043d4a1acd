-- Terms never change; what was paid for stays what it was; nothing is deleted.
CREATE FUNCTION subscriptions_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER subscriptions_terms_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON subscriptions_terms
    FOR EACH STATEMENT EXECUTE FUNCTION subscriptions_refuse();
CREATE TRIGGER subscriptions_pick_back_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON subscriptions_pick_back
    FOR EACH STATEMENT EXECUTE FUNCTION subscriptions_refuse();
CREATE TRIGGER subscriptions_refund_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON subscriptions_refund
    FOR EACH STATEMENT EXECUTE FUNCTION subscriptions_refuse();
CREATE TRIGGER subscriptions_period_kept BEFORE DELETE OR TRUNCATE ON subscriptions_period
    FOR EACH STATEMENT EXECUTE FUNCTION subscriptions_refuse();
CREATE TRIGGER subscriptions_pick_kept BEFORE DELETE OR TRUNCATE ON subscriptions_pick
    FOR EACH STATEMENT EXECUTE FUNCTION subscriptions_refuse();

CREATE FUNCTION subscriptions_period_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.id, NEW.shop_id, NEW.subscription_id, NEW.terms_id, NEW.number, NEW.kind, NEW.starts_at, NEW.first_day,
           NEW.days, NEW.price_minor, NEW.credit_minor, NEW.currency, NEW.picks)
       IS DISTINCT FROM
       ROW(OLD.id, OLD.shop_id, OLD.subscription_id, OLD.terms_id, OLD.number, OLD.kind, OLD.starts_at, OLD.first_day,
           OLD.days, OLD.price_minor, OLD.credit_minor, OLD.currency, OLD.picks)
       OR NEW.recognised_minor < OLD.recognised_minor
       OR OLD.payment_id IS NOT NULL AND NEW.payment_id IS DISTINCT FROM OLD.payment_id
       OR OLD.state IN ('failed', 'refunded') AND NEW.state <> OLD.state
       OR OLD.state IN ('paid', 'closed') AND NEW.state NOT IN ('paid', 'closed', 'refunded')
    THEN
        RAISE EXCEPTION 'period % cannot change so', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subscriptions_period_guard BEFORE UPDATE ON subscriptions_period
    FOR EACH ROW EXECUTE FUNCTION subscriptions_period_guard();
