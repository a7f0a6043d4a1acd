-- Guards of holds that hold for raw SQL too: a held order is neither delivered nor refunded, and keeps its hold.

CREATE FUNCTION orders_held_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM orders_hold h WHERE h.shop_id = NEW.shop_id AND h.order_id = NEW.id AND h.state = 'held') THEN
        RAISE EXCEPTION 'order % is held', NEW.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_held_guard BEFORE UPDATE OF state ON orders_order FOR EACH ROW
    WHEN (OLD.state = 'paid' AND NEW.state <> 'paid') EXECUTE FUNCTION orders_held_guard();

CREATE FUNCTION orders_hold_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'the hold of order % stays', OLD.order_id USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF ROW(NEW.order_id, NEW.shop_id) IS DISTINCT FROM ROW(OLD.order_id, OLD.shop_id)
           OR OLD.state IN ('refused', 'lapsed') OR OLD.state = 'released' AND NEW.state <> 'held'
        THEN
            RAISE EXCEPTION 'the hold of order % cannot change so', OLD.order_id USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF NEW.state = 'held' AND (TG_OP = 'INSERT' OR OLD.state <> 'held') AND NOT EXISTS (
        SELECT FROM orders_order o WHERE o.shop_id = NEW.shop_id AND o.id = NEW.order_id
        AND (o.state = 'placed' OR TG_OP = 'INSERT' AND o.state = 'paid'))
    THEN
        RAISE EXCEPTION 'order % cannot be held any more', NEW.order_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_hold_guard BEFORE INSERT OR UPDATE OR DELETE ON orders_hold
    FOR EACH ROW EXECUTE FUNCTION orders_hold_guard();
