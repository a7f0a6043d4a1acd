-- aftersales, platform job: days whose figures are to be counted, (shop, day).
SELECT shop_id, day FROM aftersales_figure_turn WHERE due_at IS NOT NULL AND due_at <= %(now)s
ORDER BY due_at, day DESC LIMIT %(limit)s
