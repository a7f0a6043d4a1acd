DROP FUNCTION promotions_claim, promotions_roll_back, promotions_reserve_again, promotions_release, promotions_commit, promotions_reserve,
    promotions_give, promotions_take, promotions_count, promotions_fit_quota, promotions_give_quota,
    promotions_take_quota, promotions_quota_of;
DROP FUNCTION promotions_one_way, promotions_campaign_approved, promotions_revision_fixed, promotions_kept CASCADE;
