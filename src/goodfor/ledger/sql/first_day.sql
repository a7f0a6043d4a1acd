-- The first day of a shop's books: of its oldest account, or what was dated back before it.
SELECT least((SELECT ledger_business_date(min(a.opened_at)) FROM ledger_account a WHERE a.shop_id = %(shop_id)s),
             (SELECT min(d.day) FROM ledger_daily d WHERE d.shop_id = %(shop_id)s))
