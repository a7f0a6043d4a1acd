"""What promotions have sealed: codes of coupons."""

from goodfor.kernel.resealing import column
from goodfor.promotions.coupon_codes import coupon_aad

SEALED = [column("promotions_coupon", "code_", ("id",), coupon_aad)]
