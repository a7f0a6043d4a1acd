"""Words of supply: states, what kept a supplier out, what a test showed and what to do about it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from goodfor.console.columns import Text
from goodfor.kernel.money import EXPONENTS
from goodfor.kit.writing import sign_of

Tone = tuple[Text, str]

#: States of a purchase.
PURCHASES: Final[Mapping[str, Tone]] = {
    "sending": (_("发送中"), "amber"),
    "accepted": (_("对方处理中"), "amber"),
    "unknown": (_("结果未知"), "amber"),
    "manual": (_("待人工确认"), "red"),
    "delivered": (_("已到货"), "green"),
    "partial": (_("部分到货"), "amber"),
    "rejected": (_("未下单"), "plain"),
    "failed": (_("采购失败"), "plain"),
    "late": (_("迟到，已入库"), "plain"),
}
WANTS: Final[Mapping[str, Text]] = {
    "open": _("采购中"),
    "supplied": _("已备齐"),
    "failed": _("无法供货"),
    "given_up": _("已不需要"),
}
#: What follows from too many bad codes, and what that means.
JUDGED: Final[Mapping[str, Tone]] = {
    "weigh": (_("坏卡偏多，已降权"), "amber"),
    "hold": (_("坏卡多，排在最后"), "amber"),
    "suspend": (_("坏卡太多，已停用"), "red"),
}
JUDGED_MEANS: Final[Mapping[str, Text]] = {
    "weigh": _("比价时按贵一倍算，按权重分配时只分一半。"),
    "hold": _("别家都不能供货时才向它采购。"),
    "suspend": _("不再向它采购，直到有人解除。"),
}
GRADES: Final[Mapping[str, str]] = {"A": "green", "B": "green", "C": "amber", "D": "red", "E": "red", "": "plain"}
MEASURES: Final[Mapping[str, Text]] = {
    "bad": _("坏卡率"),
    "failed": _("采购失败率"),
    "slow": _("到货用时 p95 是承诺的几倍"),
    "silent": _("售后询问没有答复"),
}
CYCLES: Final[Mapping[str, Text]] = {
    "prepaid": _("预付款"),
    "t1": _("次日结算"),
    "weekly": _("周结"),
    "monthly": _("月结"),
}
BREAKERS: Final[Mapping[str, Tone]] = {
    "": (_("正常"), "green"),
    "half": (_("试探中"), "amber"),
    "open": (_("已暂停"), "red"),
}
KINDS: Final[Mapping[str, Text]] = {
    "card": _("卡密"),
    "direct": _("直充"),
    "ticket": _("券码"),
    "link": _("链接"),
    "image": _("图片"),
    "manual": _("人工"),
    "code": _("卡密"),
}
CAN: Final[Mapping[str, Text]] = {
    "cancel": _("可申请撤单"),
    "complain": _("可提交售后"),
    "statement": _("有每日账单"),
    "void": _("可退回未用卡密"),
    "code_state": _("可查卡密状态"),
}
ITEM_STATES: Final[Mapping[str, Tone]] = {
    "on": (_("在售"), "green"),
    "paused": (_("暂停"), "amber"),
    "banned": (_("禁售"), "red"),
    "deleted": (_("已下架"), "plain"),
}
STOCKS: Final[Mapping[str, Text]] = {
    "exact": _("有货"),
    "in_stock": _("有货"),
    "low": _("库存少"),
    "out": _("无货"),
    "unlimited": _("不限量"),
    "unknown": _("库存未知"),
}
#: What kept a candidate out, or ended a purchase without goods; and why nobody knows how it ended.
REASONS: Final[Mapping[str, Text]] = {
    "off": _("已停用"),
    "refused": _("这一单在这里被拒过"),
    "kind": _("商品类型不同"),
    "paused": _("对方暂停销售"),
    "banned": _("对方禁售"),
    "deleted": _("对方已下架"),
    "breaker": _("故障，暂停采购中"),
    "suspended": _("坏卡太多，已停用"),
    "hours": _("不在使用时段"),
    "closed": _("对方休市"),
    "channel": _("不能用于这个渠道"),
    "below_their_floor": _("售价低于对方限价"),
    "stock": _("对方无货"),
    "quantity": _("数量不合对方要求"),
    "quota": _("今日限额已用完"),
    "loss": _("成本太高，会低于最低利润"),
    "unguarded": _("不接受限价，没有填每天最多承担的意外涨价"),
    "surprise": _("今日能承担的意外涨价不够"),
    "balance": _("余额不足"),
    "pace": _("调用太频繁，要等一下"),
    "protocol": _("没有这种供货协议"),
    "no_protocol": _("没有这种供货协议，或密钥无法解开"),
    "no_offer": _("没有货源"),
    "not_sent": _("连不上，没有发出"),
    "config": _("设置或密钥不对"),
    "throttled": _("对方限流"),
    "off_sale": _("对方已下架"),
    "price": _("对方涨价，超过上限"),
    "account": _("买家的充值账号有误"),
    "busy": _("对方繁忙或限购"),
    "risk": _("被对方风控拦截"),
    "request": _("对方不接受这个请求"),
    "failed": _("对方处理失败"),
    "cancelled": _("对方已取消"),
    "refunded": _("对方已退款"),
    "unpaid": _("对方显示未付款"),
    "not_found": _("对方说没有这个单号"),
    "no_codes": _("对方说成功，但没有给卡密"),
    "doubles": _("卡密以前交付过"),
    "bad_codes": _("卡密不可用"),
    "too_few": _("卡密少给了"),
    "too_many": _("卡密多给了"),
    "late": _("到得太晚"),
    "doubt": _("对方自己也不确定"),
    "duplicate": _("对方说单号已存在"),
    "timeout": _("对方没有按时回答"),
    "connection_lost": _("连接中断"),
    "reply_too_large": _("回答太大"),
    "not_json": _("回答看不懂"),
    "not_an_object": _("回答看不懂"),
    "no_code": _("回答看不懂"),
    "unknown_code": _("对方的代码不认识"),
    "bad_signature": _("回答的签名不对"),
    "cannot_be_asked": _("这种协议查不了单"),
    "system_error": _("对方系统出错"),
    "unknown_error": _("对方系统出错"),
    "form": _("充值信息无法解开"),
    "crashed": _("处理回答时出错"),
    "unknown": _("结果未知"),
    "deadline": _("到了承诺时间"),
    "given_up": _("订单已不需要"),
}
#: What a test showed and what to do next: by `Refusal`, and by the words of a doubt.
TESTS: Final[Mapping[str, Text]] = {
    "not_sent": _("连不上对方。请检查站点地址是否写对，以及服务器能否访问外网。"),
    "config": _("对方不认这个账号或密钥。请到对方后台核对账号、密钥和 IP 白名单，再修改设置。"),
    "throttled": _("对方限制了调用频率。请等一分钟再测试。"),
    "busy": _("对方繁忙。请稍后再测试。"),
    "risk": _("对方的风控拦下了请求。请联系对方放行。"),
    "request": _("对方不接受这个请求。请核对协议版本和设置，或联系对方。"),
    "account": _("对方说账号有误。请核对账号是否填错、是否已开通接口。"),
    "failed": _("对方处理失败。请稍后再测试，一直这样请联系对方。"),
    "timeout": _("对方没有按时回答。请稍后再测试；一直这样请联系对方。"),
    "connection_lost": _("连接中断，没有得到回答。请稍后再测试。"),
    "not_json": _("对方的回答看不懂，多半是地址不对，或对方网站有防护页面。请核对站点地址，并请对方放行本机。"),
    "bad_signature": _("回答的签名不对，多半是密钥填错。请重新填写密钥。"),
    "no_protocol": _("密钥无法解开：安装的主密钥换过了。请重新填写密钥。"),
    "denied": _("对方拒绝访问。请核对密钥和 IP 白名单。"),
    "other_currency": _("对方账户是另一种币种。请用对的币种重新接入。"),
}
TEST_OTHER: Final = _("对方的回答看不懂（%(word)s）。请核对站点地址和协议版本，或联系对方。")
#: Why a setting is wrong, by the connector's reason.
SETTING_PROBLEMS: Final[Mapping[str, Text]] = {
    "not_https": _("要以 https:// 开头，不带路径和问号"),
    "malformed": _("格式不对，请整段复制"),
    "unknown": _("没有这个选项"),
    "not_eur": _("这个协议的账户只能是欧元"),
    "too_many": _("太多了"),
    "fixed": _("协议、编码、币种和结算方式接入后不能改"),
}
#: Calls by the method of the connector.
CALLS: Final[Mapping[str, Text]] = {
    "balance": _("查余额"),
    "categories": _("读分类"),
    "page": _("读商品列表"),
    "item": _("读商品"),
    "quote": _("询价"),
    "check_account": _("验证账号"),
    "place": pgettext_lazy("act", "下单"),
    "query": _("查单"),
    "codes": _("取卡密"),
    "cancel": _("申请撤单"),
    "complain": _("提交售后"),
    "ticket": _("查售后"),
    "statement": _("取账单"),
    "void": _("退卡密"),
    "code_state": _("查卡密"),
    "token": _("取令牌"),
    "subscribe": _("订阅通知"),
    "unsubscribe": _("取消订阅"),
}
TAXES: Final[Mapping[str, Text]] = {
    "": _("未约定"),
    "vat_special": _("增值税专用发票"),
    "vat_normal": _("增值税普通发票"),
    "none": pgettext_lazy("tax", "不开票"),
}


def reason(key: str) -> str:
    """In words; one without words as it is."""
    return str(REASONS.get(key, key))


def call(what: str) -> str:
    """Which call, in words."""
    return str(CALLS.get(what, what))


def test_words(word: str) -> str:
    """What a test that failed means, and what to do next."""
    return str(TESTS.get(word, TEST_OTHER)) % {"word": word}


def cost(amount: Decimal | None, currency: str) -> str:
    """An exact cost: as many decimals as it has, at least those of its currency. A dash for None."""
    if amount is None:
        return "–"
    least = EXPONENTS.get(currency, 2)
    short = amount.normalize()
    digits = max(least, -int(short.as_tuple().exponent))
    sign = "-" if amount < 0 else ""
    return f"{sign}{sign_of(currency)}{abs(short):,.{digits}f}"


#: What a supplier tells about a purchase afterwards.
WARNINGS: Final[Mapping[str, Text]] = {
    "stolen": _("这批货是被盗的"),
    "charged_back": _("这批货在上家被拒付"),
    "fraud": _("这笔订单是欺诈"),
}
