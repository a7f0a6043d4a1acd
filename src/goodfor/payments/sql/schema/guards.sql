-- Guards of payments that hold for raw SQL too: fixed identities, allowed moves only, facts applied once and for ever,
-- and `refunded_minor` kept by the rows of payments_refund alone.

ALTER TABLE payments_payment SET (fillfactor = 85);
ALTER TABLE payments_fact SET (fillfactor = 85);
ALTER TABLE payments_inbox SET (fillfactor = 90);
ALTER TABLE payments_refund SET (fillfactor = 85);

CREATE FUNCTION payments_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER payments_kept BEFORE DELETE OR TRUNCATE ON payments_payment
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER payments_kept BEFORE DELETE OR TRUNCATE ON payments_fact
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER payments_kept BEFORE DELETE OR TRUNCATE ON payments_refund
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER payments_kept BEFORE DELETE OR TRUNCATE ON payments_case
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER payments_kept BEFORE DELETE OR TRUNCATE ON payments_account
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse();

-- The moves of states.PAYMENT and states.REFUND; a test holds them equal.
CREATE FUNCTION payments_payment_moves() RETURNS TABLE (before text, after text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  VALUES
    ('created', 'pending'), ('created', 'succeeded'), ('created', 'closed'), ('created', 'failed'),
    ('pending', 'succeeded'), ('pending', 'closed'), ('pending', 'failed'),
    ('closed', 'succeeded'), ('failed', 'succeeded')
$$;
CREATE FUNCTION payments_refund_moves() RETURNS TABLE (before text, after text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  VALUES
    ('created', 'requested'), ('created', 'succeeded'),
    ('requested', 'created'), ('requested', 'succeeded'), ('requested', 'failed'), ('requested', 'unknown'),
    ('unknown', 'requested'), ('unknown', 'succeeded'), ('unknown', 'failed')
$$;

CREATE FUNCTION payments_payment_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.id, NEW.shop_id, NEW.account_id, NEW.provider, NEW.account_code, NEW.number, NEW.source_type,
           NEW.source_id, NEW.amount_minor, NEW.currency, NEW.method, NEW.wallet_account, NEW.created_at)
       IS DISTINCT FROM
       ROW(OLD.id, OLD.shop_id, OLD.account_id, OLD.provider, OLD.account_code, OLD.number, OLD.source_type,
           OLD.source_id, OLD.amount_minor, OLD.currency, OLD.method, OLD.wallet_account, OLD.created_at)
       OR NEW.captured_minor < OLD.captured_minor
       OR (OLD.settles AND NEW.settles IS DISTINCT FROM true)
       OR (NEW.refunded_minor <> OLD.refunded_minor AND pg_trigger_depth() < 2)
       OR (NEW.state <> OLD.state AND NOT EXISTS (SELECT FROM payments_payment_moves() m
                                                  WHERE m.before = OLD.state AND m.after = NEW.state))
    THEN
        RAISE EXCEPTION 'payment % cannot change so', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_payment_guard BEFORE UPDATE ON payments_payment
    FOR EACH ROW EXECUTE FUNCTION payments_payment_guard();

-- A fact is what was said: only what became of it is written later, once.
CREATE FUNCTION payments_fact_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.applied_at IS NOT NULL
       OR ROW(NEW.id, NEW.shop_id, NEW.account_id, NEW.provider, NEW.refund_id, NEW.kind, NEW.our_ref,
              NEW.channel_ref, NEW.amount_minor, NEW.currency, NEW.happened_at, NEW.source, NEW.inbox_id,
              NEW.recorded_at)
          IS DISTINCT FROM
          ROW(OLD.id, OLD.shop_id, OLD.account_id, OLD.provider, OLD.refund_id, OLD.kind, OLD.our_ref,
              OLD.channel_ref, OLD.amount_minor, OLD.currency, OLD.happened_at, OLD.source, OLD.inbox_id,
              OLD.recorded_at)
    THEN
        RAISE EXCEPTION 'fact % is said and done', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_fact_guard BEFORE UPDATE ON payments_fact
    FOR EACH ROW EXECUTE FUNCTION payments_fact_guard();

-- A verified callback stays as it came; samples of forged ones may be thrown away.
CREATE FUNCTION payments_inbox_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND NOT OLD.verified THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.applied_at IS NOT NULL
       OR (to_jsonb(NEW) - 'applied_at' - 'problem') IS DISTINCT FROM (to_jsonb(OLD) - 'applied_at' - 'problem')
    THEN
        RAISE EXCEPTION 'callback % stays as it came', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_inbox_guard BEFORE UPDATE OR DELETE ON payments_inbox
    FOR EACH ROW EXECUTE FUNCTION payments_inbox_guard();

CREATE FUNCTION payments_refund_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.id, NEW.shop_id, NEW.payment_id, NEW.number, NEW.business_key, NEW.amount_minor, NEW.currency,
           NEW.capture_ref, NEW.created_at)
       IS DISTINCT FROM
       ROW(OLD.id, OLD.shop_id, OLD.payment_id, OLD.number, OLD.business_key, OLD.amount_minor, OLD.currency,
           OLD.capture_ref, OLD.created_at)
       OR (NEW.state <> OLD.state AND NOT EXISTS (SELECT FROM payments_refund_moves() m
                                                  WHERE m.before = OLD.state AND m.after = NEW.state))
    THEN
        RAISE EXCEPTION 'refund % cannot change so', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_refund_guard BEFORE UPDATE ON payments_refund
    FOR EACH ROW EXECUTE FUNCTION payments_refund_guard();

-- What a refund takes off a payment from its first moment, and gives back to it when it fails. The CHECK
-- refunded <= captured is the last word, however many refunds are asked for at once.
CREATE FUNCTION payments_refund_reserve() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change bigint := 0;
BEGIN
    IF TG_OP = 'INSERT' AND NEW.state <> 'failed' THEN
        change := NEW.amount_minor;
    ELSIF TG_OP = 'UPDATE' AND NEW.state = 'failed' AND OLD.state <> 'failed' THEN
        change := -NEW.amount_minor;
    END IF;
    IF change <> 0 THEN
        UPDATE payments_payment SET refunded_minor = refunded_minor + change
        WHERE shop_id = NEW.shop_id AND id = NEW.payment_id AND currency = NEW.currency;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'refund % has no payment of its shop and currency', NEW.number
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER payments_refund_reserve AFTER INSERT OR UPDATE OF state ON payments_refund
    FOR EACH ROW EXECUTE FUNCTION payments_refund_reserve();

-- An account keeps who it is: its ledger account is made of provider and code. Sealed secrets may be sealed anew.
CREATE FUNCTION payments_account_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.id, NEW.shop_id, NEW.provider, NEW.code, NEW.currency, NEW.config, NEW.valid_from, NEW.created_at)
       IS DISTINCT FROM
       ROW(OLD.id, OLD.shop_id, OLD.provider, OLD.code, OLD.currency, OLD.config, OLD.valid_from, OLD.created_at)
       OR (OLD.valid_to IS NOT NULL AND NEW.valid_to IS DISTINCT FROM OLD.valid_to)
    THEN
        RAISE EXCEPTION 'account % cannot change so; open a new one', OLD.code USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_account_guard BEFORE UPDATE ON payments_account
    FOR EACH ROW EXECUTE FUNCTION payments_account_guard();
