-- A planted code stays one: it would be for sale again, and its alarm would mean nothing.
CREATE FUNCTION vault_code_planted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a planted code stays one' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER vault_code_planted BEFORE UPDATE OF canary ON vault_code FOR EACH ROW
    WHEN (OLD.canary AND NOT NEW.canary) EXECUTE FUNCTION vault_code_planted();
