-- Events: facts stored with their cause. Read by the relay in (xid, id) order, which is the order of commit-safe visibility.
CREATE TABLE kernel_event (
    id bigint GENERATED ALWAYS AS IDENTITY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    shop_id uuid NOT NULL,
    name text NOT NULL,
    version smallint NOT NULL CHECK (version > 0),
    payload jsonb NOT NULL,
    cause_type text,
    cause_id uuid,
    occurred_at timestamptz NOT NULL,
    PRIMARY KEY (xid, id)
);
CREATE TABLE kernel_event_cursor (
    name text PRIMARY KEY,
    upto_xid xid8 NOT NULL,
    upto_id bigint NOT NULL
);
-- One row for each (handler, event) that ran, kept until the cursor has passed the event.
CREATE TABLE kernel_event_handled (
    handler text NOT NULL,
    event_id bigint NOT NULL,
    PRIMARY KEY (event_id, handler)
);
CREATE TABLE kernel_event_retry (
    handler text NOT NULL,
    event_xid xid8 NOT NULL,
    event_id bigint NOT NULL,
    attempts integer NOT NULL DEFAULT 1 CHECK (attempts > 0),
    next_try_at timestamptz NOT NULL,
    error text NOT NULL,
    PRIMARY KEY (event_id, handler)
);
CREATE INDEX kernel_event_retry_due ON kernel_event_retry (next_try_at);

-- Request keys: the answer is stored in the transaction of its effect.
CREATE TABLE kernel_idempotency (
    shop_id uuid NOT NULL,
    scope text NOT NULL,
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    body_hash bytea NOT NULL CHECK (length(body_hash) = 32),
    status smallint,
    answer bytea,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (shop_id, scope, key)
) WITH (fillfactor = 80);
CREATE INDEX kernel_idempotency_age ON kernel_idempotency USING brin (created_at);

-- Every move of every state machine.
CREATE TABLE kernel_history (
    shop_id uuid NOT NULL,
    machine text NOT NULL,
    subject_id uuid NOT NULL,
    step integer NOT NULL,
    from_state text,
    to_state text NOT NULL,
    actor text NOT NULL,
    cause text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX kernel_history_subject ON kernel_history (subject_id, at, step);

-- Data keys, wrapped by the master key. One active key a purpose.
CREATE TABLE kernel_data_key (
    id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    purpose text NOT NULL,
    wrapped bytea NOT NULL,
    active boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX kernel_data_key_active ON kernel_data_key (purpose) WHERE active;

-- The audit trail: append-only, sealed in a hash chain by a job.
CREATE TABLE kernel_audit (
    id bigint GENERATED ALWAYS AS IDENTITY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    shop_id uuid NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject_type text NOT NULL,
    subject_id text NOT NULL,
    data jsonb NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (xid, id)
);
CREATE INDEX kernel_audit_subject ON kernel_audit (shop_id, subject_type, subject_id);
CREATE UNIQUE INDEX kernel_audit_id ON kernel_audit (id);
CREATE TABLE kernel_audit_seal (
    seq bigint PRIMARY KEY CHECK (seq > 0),
    audit_id bigint NOT NULL UNIQUE,
    audit_xid xid8 NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32)
);

CREATE FUNCTION kernel_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON kernel_audit
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON kernel_audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON kernel_history
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();

-- The exact text of an audit row that is hashed.
CREATE FUNCTION kernel_audit_text(a kernel_audit) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT concat_ws('|', a.id, a.shop_id, a.actor, a.action, a.subject_type, a.subject_id, a.data::text,
                     extract(epoch FROM a.at)::text)
$$;
