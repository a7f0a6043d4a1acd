-- Figures of those who were turned away: what an attack writes the most of need not survive a crash.
ALTER TABLE risk_door_refusal SET UNLOGGED;
