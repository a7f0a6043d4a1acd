-- What counts was approved by a second person, exactly so; it ends at once on the word of one, who asks a colleague to
-- look at it (a proposal of kind rule_off, open or confirmed).
CREATE OR REPLACE FUNCTION risk_rule_approved() RETURNS trigger LANGUAGE plpgsql AS $$
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
        WHERE p.id = NEW.proposal_id AND p.shop_id = NEW.shop_id AND p.subject_id = NEW.id
          AND (p.kind = 'rule' AND p.state = 'approved'
               OR p.kind = 'rule_off' AND p.state IN ('open', 'approved') AND NEW.state = 'off'
                  AND NEW.version_id = OLD.version_id)
          AND p.wanted ->> 'state' = NEW.state
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
