-- Rules: what counts was approved by a second person, exactly so; what was written and decided stays as it was.
CREATE FUNCTION risk_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER risk_rule_kept BEFORE DELETE OR TRUNCATE ON risk_rule
    FOR EACH STATEMENT EXECUTE FUNCTION risk_kept();
CREATE TRIGGER risk_rule_version_kept BEFORE DELETE OR TRUNCATE ON risk_rule_version
    FOR EACH STATEMENT EXECUTE FUNCTION risk_kept();
CREATE TRIGGER risk_proposal_kept BEFORE DELETE OR TRUNCATE ON risk_proposal
    FOR EACH STATEMENT EXECUTE FUNCTION risk_kept();

CREATE FUNCTION risk_proposal_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'open' THEN
            RAISE EXCEPTION 'a proposal begins open' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF OLD.state <> 'open'
       OR to_jsonb(OLD) - '{state,decided_by,decided_at,alone}'::text[]
          <> to_jsonb(NEW) - '{state,decided_by,decided_at,alone}'::text[] THEN
        RAISE EXCEPTION 'a proposal is decided once, and never says anything else' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER risk_proposal_once BEFORE INSERT OR UPDATE ON risk_proposal
    FOR EACH ROW EXECUTE FUNCTION risk_proposal_once();

CREATE FUNCTION risk_rule_version_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.approved_at IS NOT NULL
       OR to_jsonb(OLD) - '{approved_by,approved_at,alone}'::text[]
          <> to_jsonb(NEW) - '{approved_by,approved_at,alone}'::text[] THEN
        RAISE EXCEPTION 'a version of a rule never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER risk_rule_version_fixed BEFORE UPDATE ON risk_rule_version
    FOR EACH ROW EXECUTE FUNCTION risk_rule_version_fixed();

CREATE FUNCTION risk_rule_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'a rule begins as a draft' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.id, OLD.shop_id, OLD.code) <> (NEW.id, NEW.shop_id, NEW.code) THEN
        RAISE EXCEPTION 'a rule keeps its shop and code' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.version_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM risk_rule_version v
        WHERE v.id = NEW.version_id AND v.shop_id = NEW.shop_id AND v.rule_id = NEW.id
    ) THEN
        RAISE EXCEPTION 'this version is of another rule' USING ERRCODE = 'check_violation';
    END IF;
    IF (OLD.state, OLD.percent, OLD.version_id) IS NOT DISTINCT FROM (NEW.state, NEW.percent, NEW.version_id)
       OR OLD.state NOT IN ('percent', 'live') AND NEW.state NOT IN ('percent', 'live') THEN
        RETURN NEW;
    END IF;
    -- Ids of proposals ascend, and of a rule one is open at a time: one that was used, or is older, is not good again.
    IF coalesce(NEW.proposal_id <= OLD.proposal_id, NEW.proposal_id IS NULL) OR NOT EXISTS (
        SELECT 1 FROM risk_proposal p
        WHERE p.id = NEW.proposal_id AND p.shop_id = NEW.shop_id AND p.subject_id = NEW.id AND p.kind = 'rule'
          AND p.state = 'approved' AND p.wanted ->> 'state' = NEW.state
          AND (p.wanted ->> 'percent')::int = NEW.percent AND (p.wanted ->> 'version')::uuid = NEW.version_id
          AND p.wanted ->> 'from_state' = OLD.state AND (p.wanted ->> 'from_percent')::int = OLD.percent
          AND (p.wanted ->> 'from_version')::uuid = OLD.version_id
    ) THEN
        RAISE EXCEPTION 'a rule that counts changes only as a second person approved' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state IN ('percent', 'live') AND NOT EXISTS (
        SELECT 1 FROM risk_rule_version v
        WHERE v.id = NEW.version_id AND v.shop_id = NEW.shop_id AND v.approved_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a version counts only once it is approved' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER risk_rule_approved BEFORE INSERT OR UPDATE ON risk_rule
    FOR EACH ROW EXECUTE FUNCTION risk_rule_approved();
