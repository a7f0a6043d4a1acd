-- Guards of given codes that hold for raw SQL too: what is over stays so, and what was passed on never comes back.

CREATE FUNCTION orders_given_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'given code % stays written down', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF ROW(NEW.id, NEW.shop_id, NEW.gift_id, NEW.order_id, NEW.line_id, NEW.code_id)
       IS DISTINCT FROM ROW(OLD.id, OLD.shop_id, OLD.gift_id, OLD.order_id, OLD.line_id, OLD.code_id)
       OR NOT (OLD.state = 'held' AND NEW.state IN ('passed', 'back')
               OR OLD.state = 'passed' AND NEW.state = 'gone' AND NEW.taker = OLD.taker)
    THEN
        RAISE EXCEPTION 'given code % cannot change so', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_given_guard BEFORE UPDATE OR DELETE ON orders_given
    FOR EACH ROW EXECUTE FUNCTION orders_given_guard();
