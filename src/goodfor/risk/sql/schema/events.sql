-- Events and decisions: append-only, cut by month (UTC). The newest months are made ahead by a loop, old ones dropped
-- whole; what has no month yet lies in the default partition until the loop gives it one, so that nothing ever fails.
CREATE SEQUENCE risk_event_id;
CREATE TABLE risk_event (
    id bigint NOT NULL DEFAULT nextval('risk_event_id'),
    at timestamptz NOT NULL,
    amount_minor bigint NOT NULL,
    buyer bigint, device bigint, network bigint, address bigint, phone bigint, mail bigint, instrument bigint,
    batch bigint, referrer bigint,
    shop_id uuid NOT NULL,
    subject_id uuid,
    decision_id uuid,
    scene smallint NOT NULL,
    result smallint NOT NULL,
    PRIMARY KEY (shop_id, at, id),
    CONSTRAINT risk_event_scene CHECK (scene BETWEEN 1 AND 13 AND result BETWEEN 0 AND 2),
    CONSTRAINT risk_event_keys CHECK (least(buyer, device, network, address, phone, mail, instrument, batch, referrer) > 0)
) PARTITION BY RANGE (at);
ALTER SEQUENCE risk_event_id OWNED BY risk_event.id;

-- Keys that guessers hammer at: each scene and result by itself, so that harmless acts push nothing out of the newest rows.
-- What follows INCLUDE is what the velocities read (a test compares). Keys are hashes over the shop's id.
CREATE INDEX risk_event_buyer ON risk_event (buyer, scene, result, at DESC)
    INCLUDE (amount_minor, device, network, instrument) WHERE buyer IS NOT NULL;
CREATE INDEX risk_event_device ON risk_event (device, scene, result, at DESC)
    INCLUDE (buyer, instrument) WHERE device IS NOT NULL;
CREATE INDEX risk_event_network ON risk_event (network, scene, result, at DESC)
    INCLUDE (buyer) WHERE network IS NOT NULL;
CREATE INDEX risk_event_address ON risk_event (address, scene, result, at DESC)
    INCLUDE (buyer, instrument) WHERE address IS NOT NULL;
CREATE INDEX risk_event_batch ON risk_event (batch, scene, result, at DESC)
    INCLUDE (buyer, address) WHERE batch IS NOT NULL;
-- All others: everything of a key in one scan.
CREATE INDEX risk_event_phone ON risk_event (phone, at DESC) INCLUDE (scene, result, buyer) WHERE phone IS NOT NULL;
CREATE INDEX risk_event_mail ON risk_event (mail, at DESC) INCLUDE (scene, result, buyer) WHERE mail IS NOT NULL;
CREATE INDEX risk_event_instrument ON risk_event (instrument, at DESC)
    INCLUDE (scene, result, amount_minor, buyer) WHERE instrument IS NOT NULL;
CREATE INDEX risk_event_referrer ON risk_event (referrer, at DESC)
    INCLUDE (scene, result, device, network) WHERE referrer IS NOT NULL;
-- What became of what was decided.
CREATE INDEX risk_event_result ON risk_event (shop_id, decision_id) WHERE result <> 0 AND decision_id IS NOT NULL;

CREATE TABLE risk_decision (
    at timestamptz NOT NULL,
    event_id bigint NOT NULL,
    hold_until timestamptz,
    expires_at timestamptz NOT NULL,
    score double precision,
    latency_us integer NOT NULL,
    rules_version integer NOT NULL,
    id uuid NOT NULL,
    shop_id uuid NOT NULL,
    subject_id uuid,
    model_id uuid,
    scene smallint NOT NULL,
    set_version smallint NOT NULL,
    cost smallint NOT NULL,
    sampled boolean NOT NULL,
    outcome varchar(9) COLLATE "C" NOT NULL,
    subject_kind varchar(24) COLLATE "C" NOT NULL,
    reasons text[] NOT NULL,
    failed text[] NOT NULL,
    absent text[] NOT NULL,
    silent text[] NOT NULL,
    features jsonb NOT NULL,
    hits jsonb NOT NULL,
    challengers jsonb NOT NULL,
    why jsonb NOT NULL,
    -- The instant stands in the id too, to the millisecond: a decision is found by its id alone.
    PRIMARY KEY (shop_id, at, id),
    CONSTRAINT risk_decision_outcome CHECK (outcome IN ('allow', 'challenge', 'review', 'hold', 'deny')),
    CONSTRAINT risk_decision_numbers CHECK (
        (score IS NULL OR score BETWEEN 0 AND 1) AND scene BETWEEN 1 AND 13 AND latency_us >= 0 AND event_id > 0),
    CONSTRAINT risk_decision_hold CHECK ((outcome = 'hold') = (hold_until IS NOT NULL)),
    CONSTRAINT risk_decision_cost CHECK (cost BETWEEN 0 AND 4 AND (outcome = 'challenge') = (cost > 0)),
    CONSTRAINT risk_decision_sampled CHECK (NOT sampled OR outcome = 'hold'),
    -- A part that did not answer never lets anybody pass.
    CONSTRAINT risk_decision_failing CHECK (cardinality(failed) = 0 OR outcome <> 'allow'),
    CONSTRAINT risk_decision_subject CHECK ((subject_kind = '') = (subject_id IS NULL))
) PARTITION BY RANGE (at);
CREATE INDEX risk_decision_subject ON risk_decision (shop_id, subject_kind, subject_id, at DESC)
    WHERE subject_id IS NOT NULL;
CREATE INDEX risk_decision_outcome ON risk_decision (shop_id, outcome, at DESC, id DESC) WHERE outcome <> 'allow';

-- When a decision was made, as its id tells (UUIDv7).
CREATE FUNCTION risk_decision_time(id uuid) RETURNS timestamptz LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT '1970-01-01 00:00+00'::timestamptz
        + (('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint * interval '1 millisecond')
$$;

-- Written once, never changed. Old months are dropped whole.
CREATE FUNCTION risk_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
-- For each row: these are copied to every partition, so that nobody gets around them by its name.
CREATE TRIGGER risk_event_kept BEFORE UPDATE OR DELETE ON risk_event
    FOR EACH ROW EXECUTE FUNCTION risk_refuse();
CREATE TRIGGER risk_event_whole BEFORE TRUNCATE ON risk_event
    FOR EACH STATEMENT EXECUTE FUNCTION risk_refuse();
CREATE TRIGGER risk_decision_kept BEFORE UPDATE OR DELETE ON risk_decision
    FOR EACH ROW EXECUTE FUNCTION risk_refuse();
CREATE TRIGGER risk_decision_whole BEFORE TRUNCATE ON risk_decision
    FOR EACH STATEMENT EXECUTE FUNCTION risk_refuse();
