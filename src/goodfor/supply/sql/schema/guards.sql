-- Guards of supply that hold for raw SQL too: fixed identities, allowed moves only, and what is under way or there kept
-- by the rows of attempts alone.

ALTER TABLE supply_want SET (fillfactor = 80);
ALTER TABLE supply_attempt SET (fillfactor = 80);
ALTER TABLE supply_pace SET (fillfactor = 50);
ALTER TABLE supply_breaker SET (fillfactor = 50);

CREATE FUNCTION supply_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER supply_kept BEFORE DELETE OR TRUNCATE ON supply_want
    FOR EACH STATEMENT EXECUTE FUNCTION supply_refuse();
CREATE TRIGGER supply_kept BEFORE DELETE OR TRUNCATE ON supply_attempt
    FOR EACH STATEMENT EXECUTE FUNCTION supply_refuse();
CREATE TRIGGER supply_kept BEFORE DELETE OR TRUNCATE ON supply_supplier
    FOR EACH STATEMENT EXECUTE FUNCTION supply_refuse();

-- The moves of states.WANT and states.ATTEMPT; a test holds them equal.
CREATE FUNCTION supply_want_moves() RETURNS TABLE (before text, after text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  VALUES
    ('open', 'failed'), ('open', 'given_up'), ('open', 'supplied')
$$;
CREATE FUNCTION supply_attempt_moves() RETURNS TABLE (before text, after text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  VALUES
    ('sending', 'accepted'), ('sending', 'delivered'), ('sending', 'failed'), ('sending', 'late'),
    ('sending', 'partial'), ('sending', 'rejected'), ('sending', 'unknown'), ('accepted', 'delivered'),
    ('accepted', 'failed'), ('accepted', 'late'), ('accepted', 'manual'), ('accepted', 'partial'),
    ('accepted', 'unknown'), ('unknown', 'accepted'), ('unknown', 'delivered'), ('unknown', 'failed'),
    ('unknown', 'late'), ('unknown', 'manual'), ('unknown', 'partial'), ('unknown', 'rejected'),
    ('manual', 'delivered'), ('manual', 'failed'), ('manual', 'late'), ('manual', 'partial'),
    ('manual', 'rejected'), ('manual', 'unknown'), ('rejected', 'late'), ('failed', 'late')
$$;

CREATE FUNCTION supply_want_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.id, NEW.shop_id, NEW.order_id, NEW.line_id, NEW.part, NEW.sku_id, NEW.kind, NEW.price_minor,
           NEW.currency, NEW.channel, NEW.created_at)
       IS DISTINCT FROM
       ROW(OLD.id, OLD.shop_id, OLD.order_id, OLD.line_id, OLD.part, OLD.sku_id, OLD.kind, OLD.price_minor,
           OLD.currency, OLD.channel, OLD.created_at)
       -- A part may be cut off, for somebody else to buy; nothing is added.
       OR NEW.quantity > OLD.quantity
       OR (ROW(NEW.in_flight, NEW.delivered) IS DISTINCT FROM ROW(OLD.in_flight, OLD.delivered)
           AND pg_trigger_depth() < 2)
       OR (NEW.state <> OLD.state AND NOT EXISTS (SELECT FROM supply_want_moves() m
                                                  WHERE m.before = OLD.state AND m.after = NEW.state))
    THEN
        RAISE EXCEPTION 'want % cannot change so', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER supply_want_guard BEFORE UPDATE ON supply_want
    FOR EACH ROW EXECUTE FUNCTION supply_want_guard();

CREATE FUNCTION supply_want_born() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.in_flight <> 0 OR NEW.delivered <> 0 OR NEW.state <> 'open' THEN
        RAISE EXCEPTION 'a want begins with nothing' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER supply_want_born BEFORE INSERT ON supply_want
    FOR EACH ROW EXECUTE FUNCTION supply_want_born();

CREATE FUNCTION supply_attempt_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.id, NEW.shop_id, NEW.want_id, NEW.supplier_id, NEW.item_ref, NEW.number, NEW.item_id, NEW.variant,
           NEW.quantity, NEW.multiple, NEW.max_cost, NEW.currency, NEW.sent_at)
       IS DISTINCT FROM
       ROW(OLD.id, OLD.shop_id, OLD.want_id, OLD.supplier_id, OLD.item_ref, OLD.number, OLD.item_id, OLD.variant,
           OLD.quantity, OLD.multiple, OLD.max_cost, OLD.currency, OLD.sent_at)
       OR NEW.refunded < OLD.refunded
       OR (NEW.got <> OLD.got AND NEW.state = OLD.state)
       OR (NEW.state <> OLD.state AND NOT EXISTS (SELECT FROM supply_attempt_moves() m
                                                  WHERE m.before = OLD.state AND m.after = NEW.state))
    THEN
        RAISE EXCEPTION 'attempt % cannot change so', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER supply_attempt_guard BEFORE UPDATE ON supply_attempt
    FOR EACH ROW EXECUTE FUNCTION supply_attempt_guard();

CREATE FUNCTION supply_under_way(state text, quantity int) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN state IN ('sending', 'accepted', 'unknown', 'manual') THEN quantity ELSE 0 END
$$;
CREATE FUNCTION supply_there(state text, got int) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN state IN ('delivered', 'partial') THEN got ELSE 0 END
$$;

-- What a want says is under way and there is what its attempts say, whoever writes them.
CREATE FUNCTION supply_attempt_counts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    way int := supply_under_way(NEW.state, NEW.quantity);
    there int := supply_there(NEW.state, NEW.got);
BEGIN
    IF TG_OP = 'UPDATE' THEN
        way := way - supply_under_way(OLD.state, OLD.quantity);
        there := there - supply_there(OLD.state, OLD.got);
    END IF;
    IF way <> 0 OR there <> 0 THEN
        UPDATE supply_want SET in_flight = in_flight + way, delivered = delivered + there
        WHERE id = NEW.want_id AND shop_id = NEW.shop_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'attempt % of no want', NEW.number USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER supply_attempt_counts AFTER INSERT OR UPDATE ON supply_attempt
    FOR EACH ROW EXECUTE FUNCTION supply_attempt_counts();
