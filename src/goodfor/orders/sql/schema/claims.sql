-- Guards of claims that hold for raw SQL too: one remedy a unit, of one kind a claim, and it stays.

CREATE FUNCTION orders_claim_unit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'unit % of a claim has its remedy, and stays', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.state IN ('refunded', 'replaced')
       OR ROW(NEW.id, NEW.shop_id, NEW.claim_id, NEW.order_id, NEW.line_id, NEW.code_id)
          IS DISTINCT FROM ROW(OLD.id, OLD.shop_id, OLD.claim_id, OLD.order_id, OLD.line_id, OLD.code_id))
    THEN
        RAISE EXCEPTION 'unit % of a claim cannot change so', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state IN ('refunded', 'replaced') AND EXISTS (
        SELECT FROM orders_claim_unit u
        WHERE u.shop_id = NEW.shop_id AND u.claim_id = NEW.claim_id AND u.id <> NEW.id
          AND u.state IN ('refunded', 'replaced') AND u.state <> NEW.state)
    THEN
        RAISE EXCEPTION 'claim % has a remedy of another kind', NEW.claim_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_claim_unit_guard BEFORE INSERT OR UPDATE ON orders_claim_unit
    FOR EACH ROW EXECUTE FUNCTION orders_claim_unit_guard();
CREATE TRIGGER orders_claim_unit_kept BEFORE DELETE ON orders_claim_unit FOR EACH ROW
    WHEN (OLD.state IN ('refunded', 'replaced')) EXECUTE FUNCTION orders_claim_unit_guard();

CREATE FUNCTION orders_claim_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM orders_claim_unit u WHERE u.shop_id = NEW.shop_id AND u.claim_id = NEW.id
               AND u.state IN ('refunded', 'replaced') AND u.state <> NEW.state)
    THEN
        RAISE EXCEPTION 'claim % has a remedy of another kind', NEW.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_claim_guard BEFORE UPDATE OF state ON orders_claim FOR EACH ROW
    WHEN (NEW.state IN ('refunded', 'replaced')) EXECUTE FUNCTION orders_claim_guard();
