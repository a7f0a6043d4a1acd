-- referrals: rewards whose freeze is over, and those to be paid; longest first.
(SELECT shop_id, id, state FROM referrals_reward WHERE state = 'approved' AND NOT held AND frozen_until <= %(now)s
 ORDER BY frozen_until, id LIMIT %(limit)s)
UNION ALL
(SELECT shop_id, id, state FROM referrals_reward WHERE state = 'payable' AND frozen_until <= %(now)s
 ORDER BY id LIMIT %(limit)s)
