-- What a payment says went back is kept by the database: a refund reserves with its insert, a failed one frees it.
CREATE FUNCTION payments_refund_reserves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change bigint;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.amount_minor, NEW.payment_id, NEW.currency, NEW.number)
                            IS DISTINCT FROM (OLD.amount_minor, OLD.payment_id, OLD.currency, OLD.number) THEN
        RAISE EXCEPTION 'a refund keeps its payment, number and amount' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'refunds are not deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    change := CASE WHEN NEW.state = 'failed' THEN 0 ELSE NEW.amount_minor END;
    IF TG_OP = 'UPDATE' THEN
        change := change - CASE WHEN OLD.state = 'failed' THEN 0 ELSE OLD.amount_minor END;
    END IF;
    IF change <> 0 THEN
        UPDATE payments_payment SET refunded_minor = refunded_minor + change
        WHERE id = NEW.payment_id AND shop_id = NEW.shop_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a refund needs its payment' USING ERRCODE = 'foreign_key_violation';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER reserves AFTER INSERT OR UPDATE OR DELETE ON payments_refund
    FOR EACH ROW EXECUTE FUNCTION payments_refund_reserves();

-- Facts are what channels said: the saying never changes, and it is applied once.
CREATE FUNCTION payments_fact_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'facts are not deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.applied_at IS NOT NULL
       OR (NEW.shop_id, NEW.account_id, NEW.kind, NEW.our_ref, NEW.channel_ref, NEW.amount_minor, NEW.currency)
          IS DISTINCT FROM (OLD.shop_id, OLD.account_id, OLD.kind, OLD.our_ref, OLD.channel_ref, OLD.amount_minor, OLD.currency)
    THEN
        RAISE EXCEPTION 'a fact does not change, and is applied once' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON payments_fact
    FOR EACH ROW EXECUTE FUNCTION payments_fact_stays();
