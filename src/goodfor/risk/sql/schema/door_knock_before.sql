-- Where an earlier draft of the room was migrated: its knock took several batches, its keys had an index that nothing read.
DROP FUNCTION IF EXISTS risk_door_knock(
    uuid, smallint, smallint[], bigint[], smallint[], integer[], float8[], float8[], float8[], boolean[], bigint,
    bigint[], integer, timestamptz);
DROP INDEX IF EXISTS risk_entity_last;
