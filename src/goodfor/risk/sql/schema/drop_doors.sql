DROP TRIGGER risk_canary_over ON risk_canary;
DROP TRIGGER risk_canary_same ON risk_canary;
DROP TRIGGER risk_canary_kept ON risk_canary;
DROP TRIGGER risk_honeypot_over ON risk_honeypot;
DROP TRIGGER risk_honeypot_same ON risk_honeypot;
DROP TRIGGER risk_honeypot_kept ON risk_honeypot;
DROP FUNCTION risk_planted_refuse();
DROP FUNCTION risk_door_strike(uuid, smallint, smallint[], bigint[], float8[], boolean, bigint, timestamptz);
DROP FUNCTION risk_door_right(
    uuid, smallint, smallint[], bigint[], boolean[], integer[], float8[], timestamptz[], bigint, timestamptz);
DROP FUNCTION risk_door_knock(
    uuid, smallint, smallint[], bigint[], smallint[], integer[], float8[], float8[], float8[], boolean[], bigint,
    bigint[], integer, timestamptz);
