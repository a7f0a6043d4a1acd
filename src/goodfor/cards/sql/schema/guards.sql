-- What a card is good for, and which it is, stays; a card moves only as its machine allows, and is never deleted.
CREATE FUNCTION cards_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION cards_card_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.id, NEW.shop_id, NEW.program_id, NEW.batch_id, NEW.serial, NEW.price_minor, NEW.code_index)
       IS DISTINCT FROM
       ROW(OLD.id, OLD.shop_id, OLD.program_id, OLD.batch_id, OLD.serial, OLD.price_minor, OLD.code_index)
       OR OLD.activated_at IS NOT NULL AND NEW.activated_at IS DISTINCT FROM OLD.activated_at
       OR NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
           ('made', 'active'), ('made', 'revoked'), ('active', 'used'), ('active', 'revoked'), ('active', 'expired'),
           ('used', 'active'), ('expired', 'active'), ('expired', 'revoked'))
    THEN
        RAISE EXCEPTION 'card % cannot change so', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cards_card_guard BEFORE UPDATE ON cards_card FOR EACH ROW EXECUTE FUNCTION cards_card_guard();
CREATE TRIGGER cards_card_kept BEFORE DELETE OR TRUNCATE ON cards_card
    FOR EACH STATEMENT EXECUTE FUNCTION cards_refuse();
CREATE TRIGGER cards_back_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON cards_back
    FOR EACH STATEMENT EXECUTE FUNCTION cards_refuse();

CREATE FUNCTION cards_program_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'draft' AND (
        NEW.state = 'draft' OR ROW(NEW.id, NEW.shop_id, NEW.face, NEW.skus, NEW.value_minor, NEW.currency)
        IS DISTINCT FROM ROW(OLD.id, OLD.shop_id, OLD.face, OLD.skus, OLD.value_minor, OLD.currency))
    THEN
        RAISE EXCEPTION 'the terms of program % are kept', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cards_program_guard BEFORE UPDATE OR DELETE ON cards_program
    FOR EACH ROW EXECUTE FUNCTION cards_program_guard();

CREATE FUNCTION cards_batch_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.made < OLD.made OR OLD.exported_at IS NOT NULL AND NEW.exported_at <> OLD.exported_at
       OR ROW(NEW.id, NEW.shop_id, NEW.program_id, NEW.size, NEW.price_minor, NEW.activation, NEW.valid_until,
              NEW.valid_days, NEW.first_serial)
          IS DISTINCT FROM
          ROW(OLD.id, OLD.shop_id, OLD.program_id, OLD.size, OLD.price_minor, OLD.activation, OLD.valid_until,
              OLD.valid_days, OLD.first_serial)
    THEN
        RAISE EXCEPTION 'batch % cannot change so', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cards_batch_guard BEFORE UPDATE OR DELETE ON cards_batch
    FOR EACH ROW EXECUTE FUNCTION cards_batch_guard();
