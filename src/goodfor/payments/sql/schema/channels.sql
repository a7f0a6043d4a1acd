-- Guards of disputes and bills that hold for raw SQL too.

CREATE FUNCTION payments_dispute_moves() RETURNS TABLE (before text, after text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  VALUES ('open', 'won'), ('open', 'lost'), ('lost', 'won')
$$;
CREATE FUNCTION payments_bill_moves() RETURNS TABLE (before text, after text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  VALUES ('wanted', 'imported'), ('wanted', 'empty'), ('wanted', 'refused'), ('refused', 'wanted')
$$;

CREATE FUNCTION payments_dispute_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.id, NEW.shop_id, NEW.account_id, NEW.provider, NEW.payment_id, NEW.channel_ref, NEW.amount_minor,
           NEW.currency, NEW.opened_at)
       IS DISTINCT FROM
       ROW(OLD.id, OLD.shop_id, OLD.account_id, OLD.provider, OLD.payment_id, OLD.channel_ref, OLD.amount_minor,
           OLD.currency, OLD.opened_at)
       OR (NEW.state <> OLD.state AND NOT EXISTS (SELECT FROM payments_dispute_moves() m
                                                  WHERE m.before = OLD.state AND m.after = NEW.state))
    THEN
        RAISE EXCEPTION 'dispute % cannot change so', OLD.channel_ref USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_dispute_guard BEFORE UPDATE ON payments_dispute
    FOR EACH ROW EXECUTE FUNCTION payments_dispute_guard();
CREATE TRIGGER payments_kept BEFORE DELETE OR TRUNCATE ON payments_dispute
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse();

-- An imported bill is what the channel said: it stays, with its rows.
CREATE FUNCTION payments_bill_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('imported', 'empty')
       OR ROW(NEW.id, NEW.shop_id, NEW.account_id, NEW.provider, NEW.account_code, NEW.day, NEW.kind, NEW.currency)
          IS DISTINCT FROM
          ROW(OLD.id, OLD.shop_id, OLD.account_id, OLD.provider, OLD.account_code, OLD.day, OLD.kind, OLD.currency)
       OR (NEW.state <> OLD.state AND NOT EXISTS (SELECT FROM payments_bill_moves() m
                                                  WHERE m.before = OLD.state AND m.after = NEW.state))
    THEN
        RAISE EXCEPTION 'bill % cannot change so', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_bill_guard BEFORE UPDATE ON payments_bill
    FOR EACH ROW EXECUTE FUNCTION payments_bill_guard();
CREATE TRIGGER payments_kept BEFORE DELETE OR TRUNCATE ON payments_bill
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER payments_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON payments_bill_line
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse();
