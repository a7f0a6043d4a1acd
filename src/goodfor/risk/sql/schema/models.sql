-- What was judged and approved is what scores: the bytes of a model, and all that says how to read them, never change.
ALTER TABLE risk_model ADD CONSTRAINT risk_model_digest CHECK (sha256(file) = file_sha256);
CREATE FUNCTION risk_model_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER risk_model_kept BEFORE DELETE OR TRUNCATE ON risk_model
    FOR EACH STATEMENT EXECUTE FUNCTION risk_model_refuse();
CREATE TRIGGER risk_model_fixed
    BEFORE UPDATE OF id, shop_id, scene_group, number, made_at, made_by, encoding, set_version, file, file_sha256,
                     calibration, bands, report ON risk_model
    FOR EACH STATEMENT EXECUTE FUNCTION risk_model_refuse();
