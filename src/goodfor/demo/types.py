"""What demo shops sell: brands, goods and prices are invented."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """A product of the demo shop with its face values: (code, name, label, price, list price) in minor units."""

    category: str
    slug: str
    name: str
    summary: str
    how_to_use: str
    validity: str
    scenes: tuple[str, ...]
    skus: tuple[tuple[str, str, str, int, int], ...]
    #: Only the demo shop of `up` sells in another one than its own, so that PayPal, which takes no yuan, is to be seen.
    currency: str = "CNY"


CATEGORIES = (("video", "影音会员"), ("games", "游戏点卡"), ("travel", "出行生活"), ("reading", "阅读学习"))
OFFERS = (
    Offer(
        "video", "xinghe-video", "星河影视会员", "电视、手机、电脑通用，到账即开通。",
        "打开星河影视，进入「我的 - 兑换中心」，粘贴卡密并确认。", "兑换截止 2029-12-31，兑换后按月计算", ("宅家",),
        (("xh-month", "月卡", "1 个月", 1850, 2500), ("xh-season", "季卡", "3 个月", 4980, 6800),
         ("xh-year", "年卡", "12 个月", 16800, 23800)),
    ),
    Offer(
        "games", "kuwan-coin", "酷玩点数卡", "酷玩平台全部游戏可用。",
        "登录酷玩账户，选择「充值 - 点数卡」，输入卡号与卡密。", "长期有效", ("游戏",),
        (("kw-50", "50 元", "50 元", 4850, 5000), ("kw-100", "100 元", "100 元", 9650, 10000),
         ("kw-500", "500 元", "500 元", 47900, 50000)),
    ),
    Offer(
        "travel", "shunyu-ride", "顺屿打车券", "全国通用，下单自动抵扣。",
        "打开顺屿出行，进入「钱包 - 优惠券 - 兑换」，粘贴卡密。", "兑换后 30 天内有效", ("出行",),
        (("sy-20", "20 元券", "20 元", 1680, 2000), ("sy-50", "50 元券", "50 元", 4280, 5000)),
    ),
    Offer(
        "reading", "moyuan-book", "墨园读书卡", "八万册电子书随意读。",
        "登录墨园读书，进入「会员 - 兑换码」，粘贴卡密。", "兑换截止 2028-06-30", ("宅家", "送礼"),
        (("my-month", "月卡", "1 个月", 990, 1500), ("my-year", "年卡", "12 个月", 8800, 12800)),
    ),
    Offer(
        "video", "shenggu-music", "声谷音乐会员", "无损音质，离线也能听。",
        "打开声谷音乐，进入「我的 - 会员 - 兑换」，粘贴卡密。", "兑换截止 2029-12-31", ("宅家", "出行"),
        (("sg-month", "月卡", "1 个月", 1190, 1800), ("sg-year", "年卡", "12 个月", 11800, 16800)),
    ),
    Offer(
        "travel", "banshan-coffee", "半山咖啡兑换券", "全国门店，中杯饮品任选。",
        "到店把券码给店员扫，或在半山小程序下单时填写。", "到货后 90 天内有效", ("出行", "送礼"),
        (("bs-1", "单杯券", "1 杯", 1580, 2200), ("bs-5", "五杯券", "5 杯", 7500, 11000)),
    ),
    Offer(
        "reading", "yunxia-drive", "云匣网盘会员", "2 TB 空间，高速下载。",
        "登录云匣网盘，进入「会员 - 兑换码」，粘贴卡密。", "兑换截止 2028-12-31", ("宅家",),
        (("yx-month", "月卡", "1 个月", 1880, 2800), ("yx-year", "年卡", "12 个月", 16900, 26800)),
    ),
    Offer(
        "travel", "linli-market", "邻里鲜超礼品卡", "线上线下门店通用，不找零可多次用。",
        "打开邻里鲜超，进入「我的 - 礼品卡 - 绑定」，输入卡号与卡密。", "绑定后 3 年内有效", ("送礼",),
        (("ll-100", "100 元", "100 元", 9780, 10000), ("ll-200", "200 元", "200 元", 19500, 20000)),
    ),
)  # fmt: skip
ABROAD = (
    Offer(
        "travel", "lark-roam", "云雀漫游流量卡", "落地即用，六十个国家和地区，以美元计价。",
        "打开云雀漫游，进入「我的 - 激活」，输入卡号与卡密。", "激活后 30 天内有效", ("出行",),
        (("lk-5g", "5 GB", "5 GB", 990, 1290),), "USD",
    ),
)  # fmt: skip
#: Without stock of its own: bought from suppliers the moment it is sold.
SUPPLIED = (
    Offer(
        "video", "yunduo-video", "云朵视频会员", "付款后向供货商现采，几秒到账。",
        "打开云朵视频，进入「我的 - 兑换」，粘贴卡密并确认。", "兑换截止 2029-12-31", ("宅家",),
        (("yd-month", "月卡", "1 个月", 1290, 1500),),
    ),
)  # fmt: skip
#: The goods of throw-away shops, where each row costs a test its time.
FEW = OFFERS[:4]
#: What the demo's first page offers for a few days, and the scenes in their order.
FLASH = ("xh-season", "bs-5", "sg-year", "ll-200")
SCENES = ("宅家", "游戏", "出行", "送礼")

#: The name of the client in whose wallet the money of a shop's own test orders lies: these are no real sales either.
#: A name that is looked for, not a text.
TEST_CLIENT = "试单"
#: Codes that a fill gives each SKU, and orders that its demo client places.
CODES_PER_SKU = 60
ORDERS = 24
WALLET_MINOR = 10_000_00


@dataclass(frozen=True, slots=True)
class Present:
    """What of the demo is in a shop now: products on sale, codes that would be voided, keys and ways to pay.

    `kept` are the names of products that a real sale, or the shop's own codes, have touched: emptying leaves them.
    """

    products: int
    codes: int
    clients: int
    accounts: int
    kept: tuple[str, ...]

    @property
    def any(self) -> bool:
        """True when there is something to take away."""
        return bool(self.products or self.codes or self.clients or self.accounts)

    @property
    def counted(self) -> str:
        """The counts as the confirmation carries them."""
        return f"{self.products}-{self.codes}-{self.clients}-{self.accounts}-{len(self.kept)}"


@dataclass(frozen=True, slots=True)
class RunView:
    """A filling or emptying and how far it is, in steps."""

    kind: str
    state: str
    total: int
    left: int
    kept: tuple[str, ...]
    created_at: datetime
    finished_at: datetime | None

    @property
    def percent(self) -> int:
        """How far it is, 0 to 100."""
        return 100 if self.state == "done" else (self.total - self.left) * 100 // max(1, self.total)
