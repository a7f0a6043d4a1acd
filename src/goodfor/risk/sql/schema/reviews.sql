-- What became known was known then: labels are only added. A review that is done stays so.
CREATE TRIGGER risk_label_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON risk_label
    FOR EACH STATEMENT EXECUTE FUNCTION risk_kept();
CREATE TRIGGER risk_review_kept BEFORE DELETE OR TRUNCATE ON risk_review
    FOR EACH STATEMENT EXECUTE FUNCTION risk_kept();

CREATE FUNCTION risk_review_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a review that is done stays so' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER risk_review_final BEFORE UPDATE ON risk_review FOR EACH ROW
    WHEN (OLD.state = 'done') EXECUTE FUNCTION risk_review_final();
