"""The tables, file by file."""

from goodfor.promotions.bargain_models import Bargain as Bargain
from goodfor.promotions.bargain_models import Help as Help
from goodfor.promotions.bargain_models import HelpName as HelpName
from goodfor.promotions.bundle_models import Bundle as Bundle
from goodfor.promotions.bundle_models import BundleRevision as BundleRevision
from goodfor.promotions.campaign_models import Campaign as Campaign
from goodfor.promotions.campaign_models import Plan as Plan
from goodfor.promotions.campaign_models import Revision as Revision
from goodfor.promotions.coupon_models import Batch as Batch
from goodfor.promotions.coupon_models import Coupon as Coupon
from goodfor.promotions.group_models import Group as Group
from goodfor.promotions.group_models import Place as Place
from goodfor.promotions.issued_models import Issued as Issued
from goodfor.promotions.limit_models import Counter as Counter
from goodfor.promotions.limit_models import Held as Held
from goodfor.promotions.limit_models import Quota as Quota
from goodfor.promotions.limit_models import Shard as Shard
from goodfor.promotions.limit_models import Taking as Taking
from goodfor.promotions.pack_models import Pack as Pack
from goodfor.promotions.pack_models import PackClaim as PackClaim
from goodfor.promotions.pack_models import PackName as PackName
