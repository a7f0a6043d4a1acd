-- Guards of gifts that hold for raw SQL too: one that is over stays as it ended, with whom it was opened by.

CREATE FUNCTION gifts_gift_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'made' AND
       ROW(NEW.id, NEW.shop_id, NEW.kind, NEW.state, NEW.giver_ref, NEW.taker_ref, NEW.subject_id, NEW.units, NEW.closed_at)
       IS DISTINCT FROM
       ROW(OLD.id, OLD.shop_id, OLD.kind, OLD.state, OLD.giver_ref, OLD.taker_ref, OLD.subject_id, OLD.units, OLD.closed_at)
    THEN
        RAISE EXCEPTION 'gift % is over, and stays so', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER gifts_gift_guard BEFORE UPDATE OR DELETE ON gifts_gift
    FOR EACH ROW EXECUTE FUNCTION gifts_gift_guard();
