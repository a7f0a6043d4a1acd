-- A revision of a bundle is what orders were sold with: written once, never changed, never gone.
CREATE FUNCTION promotions_bundle_revision_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER promotions_bundle_revision_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON promotions_bundle_revision
    FOR EACH STATEMENT EXECUTE FUNCTION promotions_bundle_revision_refuse();
