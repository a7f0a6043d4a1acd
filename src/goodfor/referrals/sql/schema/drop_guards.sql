-- Takes back guards.sql.
DROP TRIGGER referrals_reward_guard ON referrals_reward;
DROP TRIGGER referrals_kept ON referrals_revision;
DROP FUNCTION referrals_reward_guard();
DROP FUNCTION referrals_refuse();
