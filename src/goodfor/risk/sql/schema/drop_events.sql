DROP TABLE risk_event, risk_decision;
DROP FUNCTION risk_make_partition(text, date), risk_make_default(text), risk_empty_default(text),
    risk_drop_partitions(text, timestamptz), risk_decision_time(uuid), risk_refuse();
