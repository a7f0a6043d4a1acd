"""What a person can do next when something is refused: by the error's stable code."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import DomainError

_ADVICE: Mapping[str, Any] = {
    "out_of_stock": _("库存刚被买走了。减少数量，或看看其他面值。"),
    "not_on_sale": _("这个商品已经下架。看看同类商品。"),
    "bundle_not_on_sale": _("组合的内容或价格变了，下面是现在的，看过再付款。没有扣款。"),
    "price_changed": _("新的价格在下面，看过再付款。没有扣款。"),
    "bundle_unknown": _("可能已经下架。看看别的组合或单品。"),
    "invalid_picks": _("按页面上的数量选齐再下单。"),
    "promise_changed": _("新的承诺在下面，看过再付款。没有扣款。"),
    "per_order_limit": _("减少数量后再下单。"),
    "per_buyer_limit": _("减少数量，或以后再买。"),
    "too_many_open_orders": _("先付款或取消还没付的订单，再来下单。"),
    "too_many_unpaid_codes": _("减少数量，或先付款、取消还没付的订单。"),
    "unpaid_share_exceeded": _("减少数量；付完这一单可以再买。"),
    "claim_exists": _("我们正在处理，进度在订单页。"),
    "codes_revealed": _("看过的码不能退。如果码用不了，请选实际的原因。"),
    "invalid_claim": _("请从列出的原因里选一个。"),
    "claim_not_found": _("刷新订单页看看最新状态。"),
    "order_not_found": _("检查订单号和密钥有没有少抄一位。密钥区分大小写。"),
    "wrong_order_state": _("刷新订单页看看最新状态。"),
    "not_possible_now": _("订单和付款不受影响；急用可联系客服。"),
    "challenge_needed": _("刷新这一页，按提示完成验证后接着办。"),
    "rate_limited": _("等几分钟再试，订单和付款不受影响。"),
    "too_many_tries": _("等几分钟再试。你常用的设备不受影响，订单和付款也不受影响。"),
    "unavailable": _("稍等片刻刷新这一页。已付的款不会丢，发不了货会自动退回。"),
    "upload_too_large": _("少选几张图片，或先截小一点再发。什么都没有改变。"),
    "invalid_picture": _("换一张截图或照片再试；没有图片也可以提交。什么都没有改变。"),
    "too_many_pictures": _("去掉多出的图片再提交。"),
    "picture_not_found": _("图片在结束半年后删除。"),
    "case_moved": _("刷新这一页看看最新进度。"),
    "case_not_found": _("刷新订单页看看最新状态。"),
    "invalid_decision": _("刷新这一页看看最新进度。"),
    "grant_not_found": _("刷新这一页，可能已经领过了。"),
    "page_expired": _("刷新后再提交。什么都没有改变，也没有扣款。"),
    "invalid_contact": _("手机号 11 位；国外号码前加 + 和国家代码；或填邮箱。"),
    "invalid_code": _("核对最新收到的 6 位数字，5 分钟内有效；也可以重新发送。"),
    "invalid_password": _("核对后再试，或改用验证码登录。"),
    "weak_password": _("换一个更长、更少见的，比如几个不相干的词。"),
    "too_many_guesses": _("你常用的设备不受影响，也可以换一种登录方式。"),
    "too_many_codes": _("已发出的验证码 5 分钟内都有效。"),
    "codes_unavailable": _("可以用密码或通行密钥登录；不登录也能下单和查单。"),
    "sign_in_needed": _("登录后再试。"),
    "fresh_proof_needed": _("验证后就能继续。"),
    "contact_taken": _("用它登录那个账号，或换一个手机号或邮箱。账号不能合并。"),
    "link_taken": _("用对方账号登录的就是那个账号。账号不能合并。"),
    "last_way_in": _("先添加另一种登录方式，再移除这一种。"),
    "passkey_refused": _("再试一次，或换一种登录方式。"),
    "link_refused": _("回到登录页再试一次，或换一种登录方式。"),
    "provider_away": _("稍后再试，或换一种登录方式。"),
    "order_owned": _("它已经在另一个账号里。账号不能合并。"),
    "proof_needed": _("输入查单密钥后就能看码。"),
    "settlement_link_invalid": _("请联系给你链接的商家，重新发送一个。"),
    "settlement_statement_not_found": _("回到结算单列表看看。"),
    "settlement_statement_moved": _("刷新这一页看看最新状态。"),
    "settlement_unknown_way": _("请下载 PDF、XLSX 或 CSV。"),
    "sku_unknown": _("链接可能写错了，或者商品已经下架。"),
    "product_unknown": _("链接可能写错了，或者商品已经下架。"),
    "not_found": _("链接可能写错了，或者商品已经下架。"),
    "group_over": _("看看这个商品还在拼的团，或自己发起一个。"),
    "group_running": _("先把正在拼的团拼成，或等它结束。没有扣款。"),
    "already_in_group": _("在“我的订单”里看进度。"),
    "too_many_pieces": _("减少数量后再下单。"),
    "play_not_found": _("活动可能刚结束。回到商品页看看现在的价格。"),
    "choice_gone": _("活动价刚被抢完或已结束。没有扣款，回到商品页看看现在的价格。"),
    "limit_gone": _("现在的价格在下面，看过再付款。没有扣款。"),
    "coupon_gone": _("换一张券，或不用券下单。没有扣款。"),
    "coupon_not_found": _("检查券码有没有少抄一位，不分大小写。"),
    "claim_refused": _("看看别的券。每人能领几张写在券上。"),
    "pack_not_found": _("礼包可能已经下架。看看领券中心。"),
    "bargain_over": _("刷新这一页看看现在的价格。"),
    "bargain_running": _("先买下或等它结束，再发起新的。"),
    "already_helped": _("每人只能帮一次，可以转告其他朋友。"),
    "own_bargain": _("请朋友来帮忙，或直接按现在的价格买下。"),
    "too_many_helps": _("换一位朋友来帮忙。"),
}
_DEFAULT = _("返回上一页检查一下，再试一次。")


def advice_for(error: DomainError) -> Any:
    """One sentence on what to do next; never empty."""
    return _ADVICE.get(error.code, _DEFAULT)
