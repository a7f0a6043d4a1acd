-- Kinds of marks that both buyers were seen with. What more than %(crowd)s share (a school's address) says nothing.
SELECT DISTINCT a.kind
FROM referrals_mark a
JOIN referrals_mark b ON b.shop_id = a.shop_id AND b.kind = a.kind AND b.mark = a.mark
WHERE a.shop_id = %(shop_id)s AND a.buyer = %(one)s AND b.buyer = %(other)s
  AND (SELECT count(*) FROM (SELECT FROM referrals_mark c WHERE c.shop_id = a.shop_id AND c.kind = a.kind
                             AND c.mark = a.mark LIMIT %(crowd)s + 1) n) <= %(crowd)s
