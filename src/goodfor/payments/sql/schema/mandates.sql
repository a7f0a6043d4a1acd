-- Guards of mandates that hold for raw SQL too: what was signed stays, moves are those of the machines, and nobody is
-- charged without a mandate that is active, above its most, or twice for one source.

CREATE FUNCTION payments_mandate_moves() RETURNS TABLE (before text, after text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  VALUES ('started', 'active'), ('started', 'failed'), ('active', 'ended')
$$;
CREATE FUNCTION payments_charge_moves() RETURNS TABLE (before text, after text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  VALUES
    ('created', 'announced'), ('created', 'requested'), ('created', 'refused'), ('created', 'succeeded'),
    ('announced', 'requested'), ('announced', 'refused'), ('announced', 'succeeded'),
    ('requested', 'succeeded'), ('requested', 'refused'), ('refused', 'late')
$$;

CREATE FUNCTION payments_mandate_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.id, NEW.shop_id, NEW.account_id, NEW.provider, NEW.account_code, NEW.number, NEW.business_key,
           NEW.holder, NEW.most_minor, NEW.currency, NEW.cycle_unit, NEW.cycle_count, NEW.created_at)
       IS DISTINCT FROM
       ROW(OLD.id, OLD.shop_id, OLD.account_id, OLD.provider, OLD.account_code, OLD.number, OLD.business_key,
           OLD.holder, OLD.most_minor, OLD.currency, OLD.cycle_unit, OLD.cycle_count, OLD.created_at)
       OR (OLD.channel_ref <> '' AND NEW.channel_ref <> OLD.channel_ref)
       OR (OLD.active_at IS NOT NULL AND NEW.active_at IS DISTINCT FROM OLD.active_at)
       OR (OLD.ended_at IS NOT NULL AND ROW(NEW.ended_at, NEW.ended_by) IS DISTINCT FROM ROW(OLD.ended_at, OLD.ended_by))
       OR (NEW.state <> OLD.state AND NOT EXISTS (SELECT FROM payments_mandate_moves() m
                                                  WHERE m.before = OLD.state AND m.after = NEW.state))
    THEN
        RAISE EXCEPTION 'mandate % cannot change so', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_mandate_guard BEFORE UPDATE ON payments_mandate
    FOR EACH ROW EXECUTE FUNCTION payments_mandate_guard();

CREATE FUNCTION payments_charge_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (SELECT FROM payments_mandate m
                       WHERE m.shop_id = NEW.shop_id AND m.id = NEW.mandate_id AND m.state = 'active'
                         AND m.currency = NEW.currency AND m.most_minor >= NEW.amount_minor)
           OR NOT EXISTS (SELECT FROM payments_payment p
                          WHERE p.shop_id = NEW.shop_id AND p.id = NEW.payment_id AND p.method = 'mandate'
                            AND ROW(p.source_type, p.source_id, p.amount_minor, p.currency)
                                = ROW(NEW.source_type, NEW.source_id, NEW.amount_minor, NEW.currency))
        THEN
            RAISE EXCEPTION 'charge % has no mandate and payment for it', NEW.business_key
                USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF ROW(NEW.id, NEW.shop_id, NEW.mandate_id, NEW.payment_id, NEW.business_key, NEW.source_type, NEW.source_id,
              NEW.amount_minor, NEW.currency, NEW.created_at)
          IS DISTINCT FROM
          ROW(OLD.id, OLD.shop_id, OLD.mandate_id, OLD.payment_id, OLD.business_key, OLD.source_type, OLD.source_id,
              OLD.amount_minor, OLD.currency, OLD.created_at)
          OR (NEW.state <> OLD.state AND NOT EXISTS (SELECT FROM payments_charge_moves() m
                                                     WHERE m.before = OLD.state AND m.after = NEW.state))
    THEN
        RAISE EXCEPTION 'charge % cannot change so', OLD.business_key USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_charge_guard BEFORE INSERT OR UPDATE ON payments_mandate_charge
    FOR EACH ROW EXECUTE FUNCTION payments_charge_guard();

CREATE TRIGGER payments_kept BEFORE DELETE OR TRUNCATE ON payments_mandate
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER payments_kept BEFORE DELETE OR TRUNCATE ON payments_mandate_charge
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse();
