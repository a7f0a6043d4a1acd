-- promotions: a quota has this total from now on.
SELECT promotions_fit_quota(%(shop_id)s, %(campaign_id)s, %(entity)s, %(counts)s, %(key)s, %(bucket)s, %(most)s)
