-- Guards of splits that hold for raw SQL too: fixed identities, allowed moves, and sums kept by the rows below alone.

CREATE FUNCTION payments_pot_moves() RETURNS TABLE (before text, after text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ VALUES ('frozen', 'released') $$;
CREATE FUNCTION payments_errand_moves() RETURNS TABLE (before text, after text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT before, after FROM payments_refund_moves() $$;
CREATE FUNCTION payments_share_moves() RETURNS TABLE (before text, after text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ VALUES ('pending', 'succeeded'), ('pending', 'failed') $$;
CREATE FUNCTION payments_receiver_moves() RETURNS TABLE (before text, after text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  VALUES ('asked', 'bound'), ('asked', 'refused'), ('asked', 'leaving'), ('refused', 'asked'), ('refused', 'gone'),
         ('bound', 'leaving'), ('leaving', 'gone'), ('leaving', 'refused')
$$;

CREATE FUNCTION payments_pot_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.payment_id, NEW.shop_id, NEW.account_id, NEW.provider, NEW.account_code, NEW.currency, NEW.created_at)
       IS DISTINCT FROM
       ROW(OLD.payment_id, OLD.shop_id, OLD.account_id, OLD.provider, OLD.account_code, OLD.currency, OLD.created_at)
       OR NEW.frozen_minor < OLD.frozen_minor
       OR (OLD.state = 'released' AND NEW IS DISTINCT FROM OLD)
       OR (NEW.shared_minor <> OLD.shared_minor AND pg_trigger_depth() < 2)
       OR (NEW.state <> OLD.state AND NOT EXISTS (SELECT FROM payments_pot_moves() m
                                                  WHERE m.before = OLD.state AND m.after = NEW.state))
    THEN
        RAISE EXCEPTION 'pot % cannot change so', OLD.payment_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_pot_guard BEFORE UPDATE ON payments_pot
    FOR EACH ROW EXECUTE FUNCTION payments_pot_guard();

CREATE FUNCTION payments_split_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.id, NEW.shop_id, NEW.payment_id, NEW.number, NEW.base_minor, NEW.refunds, NEW.created_at)
       IS DISTINCT FROM
       ROW(OLD.id, OLD.shop_id, OLD.payment_id, OLD.number, OLD.base_minor, OLD.refunds, OLD.created_at)
       OR (NEW.state <> OLD.state AND NOT EXISTS (SELECT FROM payments_errand_moves() m
                                                  WHERE m.before = OLD.state AND m.after = NEW.state))
    THEN
        RAISE EXCEPTION 'split % cannot change so', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_split_guard BEFORE UPDATE ON payments_split
    FOR EACH ROW EXECUTE FUNCTION payments_split_guard();

CREATE FUNCTION payments_share_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.id, NEW.shop_id, NEW.split_id, NEW.payment_id, NEW.receiver_id, NEW.amount_minor, NEW.currency)
       IS DISTINCT FROM
       ROW(OLD.id, OLD.shop_id, OLD.split_id, OLD.payment_id, OLD.receiver_id, OLD.amount_minor, OLD.currency)
       OR (NEW.returned_minor <> OLD.returned_minor AND pg_trigger_depth() < 2)
       OR (NEW.state <> OLD.state AND NOT EXISTS (SELECT FROM payments_share_moves() m
                                                  WHERE m.before = OLD.state AND m.after = NEW.state))
    THEN
        RAISE EXCEPTION 'share % cannot change so', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_share_guard BEFORE UPDATE ON payments_split_share
    FOR EACH ROW EXECUTE FUNCTION payments_share_guard();

CREATE FUNCTION payments_return_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.id, NEW.shop_id, NEW.payment_id, NEW.share_id, NEW.number, NEW.amount_minor, NEW.currency,
           NEW.created_at)
       IS DISTINCT FROM
       ROW(OLD.id, OLD.shop_id, OLD.payment_id, OLD.share_id, OLD.number, OLD.amount_minor, OLD.currency,
           OLD.created_at)
       OR (NEW.state <> OLD.state AND NOT EXISTS (SELECT FROM payments_errand_moves() m
                                                  WHERE m.before = OLD.state AND m.after = NEW.state))
    THEN
        RAISE EXCEPTION 'return % cannot change so', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_return_guard BEFORE UPDATE ON payments_split_return
    FOR EACH ROW EXECUTE FUNCTION payments_return_guard();

CREATE FUNCTION payments_receiver_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.id, NEW.shop_id, NEW.provider, NEW.account_code, NEW.kind, NEW.ref, NEW.created_at)
       IS DISTINCT FROM
       ROW(OLD.id, OLD.shop_id, OLD.provider, OLD.account_code, OLD.kind, OLD.ref, OLD.created_at)
       OR (NEW.state <> OLD.state AND NOT EXISTS (SELECT FROM payments_receiver_moves() m
                                                  WHERE m.before = OLD.state AND m.after = NEW.state))
    THEN
        RAISE EXCEPTION 'receiver % cannot change so', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_receiver_guard BEFORE UPDATE ON payments_receiver
    FOR EACH ROW EXECUTE FUNCTION payments_receiver_guard();

-- What a share takes of the pot from its first moment, and gives back to it when it fails.
CREATE FUNCTION payments_share_reserve() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change bigint := 0;
BEGIN
    IF TG_OP = 'INSERT' AND NEW.state <> 'failed' THEN
        change := NEW.amount_minor;
    ELSIF TG_OP = 'UPDATE' AND NEW.state = 'failed' AND OLD.state <> 'failed' THEN
        change := -NEW.amount_minor;
    END IF;
    IF change <> 0 THEN
        UPDATE payments_pot SET shared_minor = shared_minor + change
        WHERE shop_id = NEW.shop_id AND payment_id = NEW.payment_id AND currency = NEW.currency;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'share % has no pot of its shop and currency', NEW.id
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER payments_share_reserve AFTER INSERT OR UPDATE OF state ON payments_split_share
    FOR EACH ROW EXECUTE FUNCTION payments_share_reserve();

-- The same of what is asked back of a share.
CREATE FUNCTION payments_return_reserve() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change bigint := 0;
BEGIN
    IF TG_OP = 'INSERT' AND NEW.state <> 'failed' THEN
        change := NEW.amount_minor;
    ELSIF TG_OP = 'UPDATE' AND NEW.state = 'failed' AND OLD.state <> 'failed' THEN
        change := -NEW.amount_minor;
    END IF;
    IF change <> 0 THEN
        UPDATE payments_split_share SET returned_minor = returned_minor + change
        WHERE shop_id = NEW.shop_id AND id = NEW.share_id AND currency = NEW.currency;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'return % has no share of its shop and currency', NEW.number
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER payments_return_reserve AFTER INSERT OR UPDATE OF state ON payments_split_return
    FOR EACH ROW EXECUTE FUNCTION payments_return_reserve();

CREATE TRIGGER payments_kept BEFORE DELETE OR TRUNCATE ON payments_pot
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER payments_kept BEFORE DELETE OR TRUNCATE ON payments_split
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER payments_kept BEFORE DELETE OR TRUNCATE ON payments_split_share
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER payments_kept BEFORE DELETE OR TRUNCATE ON payments_split_return
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER payments_kept BEFORE DELETE OR TRUNCATE ON payments_receiver
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse();
