-- What no program, however wrong, can do to money: change what was agreed, unsay a fact, give back more than came.

CREATE FUNCTION payments_payment_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.shop_id, NEW.account_id, NEW.provider, NEW.account_code, NEW.number, NEW.source_type, NEW.source_id,
        NEW.amount_minor, NEW.currency, NEW.wallet_account, NEW.created_at)
       IS DISTINCT FROM
       (OLD.id, OLD.shop_id, OLD.account_id, OLD.provider, OLD.account_code, OLD.number, OLD.source_type, OLD.source_id,
        OLD.amount_minor, OLD.currency, OLD.wallet_account, OLD.created_at) THEN
        RAISE EXCEPTION 'payment %: what was agreed cannot change', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.captured_minor < OLD.captured_minor THEN
        RAISE EXCEPTION 'payment %: received money cannot become less', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'succeeded' AND NEW.state <> 'succeeded' THEN
        RAISE EXCEPTION 'payment %: succeeded is for ever', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_payment_guard BEFORE UPDATE ON payments_payment
    FOR EACH ROW EXECUTE FUNCTION payments_payment_guard();

-- A refund reserves its amount on the payment when it is made and gives it back when it fails.
CREATE FUNCTION payments_refund_reserve() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    step bigint := 0;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state = 'failed' THEN
            RAISE EXCEPTION 'refund %: cannot begin as failed', NEW.id USING ERRCODE = 'check_violation';
        END IF;
        step := NEW.amount_minor;
    ELSE
        IF (NEW.id, NEW.shop_id, NEW.payment_id, NEW.number, NEW.business_key, NEW.amount_minor, NEW.currency,
            NEW.capture_ref)
           IS DISTINCT FROM
           (OLD.id, OLD.shop_id, OLD.payment_id, OLD.number, OLD.business_key, OLD.amount_minor, OLD.currency,
            OLD.capture_ref) THEN
            RAISE EXCEPTION 'refund %: what was agreed cannot change', OLD.id USING ERRCODE = 'check_violation';
        END IF;
        IF OLD.state IN ('succeeded', 'failed') AND NEW.state <> OLD.state THEN
            RAISE EXCEPTION 'refund %: it is over', OLD.id USING ERRCODE = 'check_violation';
        END IF;
        IF OLD.state <> 'failed' AND NEW.state = 'failed' THEN
            step := -NEW.amount_minor;
        END IF;
    END IF;
    IF step <> 0 THEN
        UPDATE payments_payment SET refunded_minor = refunded_minor + step
        WHERE shop_id = NEW.shop_id AND id = NEW.payment_id AND currency = NEW.currency;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'refund %: no such payment in this shop and currency', NEW.id
                USING ERRCODE = 'foreign_key_violation';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER payments_refund_reserve AFTER INSERT OR UPDATE ON payments_refund
    FOR EACH ROW EXECUTE FUNCTION payments_refund_reserve();

-- A fact is said once; only what became of it is added, once.
CREATE FUNCTION payments_fact_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'fact %: cannot be deleted', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.applied_at IS NOT NULL OR
       (NEW.id, NEW.shop_id, NEW.account_id, NEW.provider, NEW.kind, NEW.our_ref, NEW.channel_ref, NEW.amount_minor,
        NEW.currency, NEW.happened_at, NEW.source, NEW.recorded_at)
       IS DISTINCT FROM
       (OLD.id, OLD.shop_id, OLD.account_id, OLD.provider, OLD.kind, OLD.our_ref, OLD.channel_ref, OLD.amount_minor,
        OLD.currency, OLD.happened_at, OLD.source, OLD.recorded_at) THEN
        RAISE EXCEPTION 'fact %: cannot change', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_fact_guard BEFORE UPDATE OR DELETE ON payments_fact
    FOR EACH ROW EXECUTE FUNCTION payments_fact_guard();

-- What came over the wire is evidence.
CREATE FUNCTION payments_inbox_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.verified THEN
            RAISE EXCEPTION 'callback %: evidence cannot be deleted', OLD.id USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF (NEW.id, NEW.shop_id, NEW.account_id, NEW.event_key, NEW.our_ref, NEW.method, NEW.path, NEW.query, NEW.headers,
        NEW.body, NEW.verified, NEW.received_at)
       IS DISTINCT FROM
       (OLD.id, OLD.shop_id, OLD.account_id, OLD.event_key, OLD.our_ref, OLD.method, OLD.path, OLD.query, OLD.headers,
        OLD.body, OLD.verified, OLD.received_at) THEN
        RAISE EXCEPTION 'callback %: evidence cannot change', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_inbox_guard BEFORE UPDATE OR DELETE ON payments_inbox
    FOR EACH ROW EXECUTE FUNCTION payments_inbox_guard();
