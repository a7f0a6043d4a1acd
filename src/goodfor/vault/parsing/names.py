"""Names of columns as shops and suppliers write them, in Chinese and English. Pure."""

import re

from goodfor.vault.parsing.layout import COST, EXPIRY, IGNORED, NUMBER, SECRET

_WORDS = {
    NUMBER: """
        卡号 卡号码 卡片号 卡片号码 卡片编号 充值卡号 礼品卡号 账号 帐号 账户 帐户 用户名 券号 卡券号 流水号 序列号
        串号 卡序列号
        cardnumber cardno cardnum card cardid cardserial number account username user login serial serialno
        serialnumber sn vouchernumber voucherno
    """,
    SECRET: """
        卡密 卡密码 密码 密钥 卡密内容 卡密信息 卡券密码 口令 兑换码 激活码 充值码 充值卡密 礼品码 礼品卡密 券码
        卡券码 优惠码 提取码 核销码 授权码 注册码 邀请码
        兑换链接 链接 短链接 兑换地址 网址
        cdkey cdk key keys code codes secret pin pincode cardpin password passwd pass pwd redeemcode redemptioncode
        redeemkey activationcode activationkey vouchercode giftcode giftcardcode cardcode cardsecret cardpassword
        couponcode licensekey license licence productkey token claimcode url link redeemurl redeemlink
    """,
    EXPIRY: """
        有效期 有效期至 有效期到 有效日期 有效截止日期 有效期截止 到期 到期日 到期日期 到期时间 过期时间 过期日期
        过期日 失效日期 失效时间 截止日期 截止时间
        截止 使用截止日期 使用有效期 卡有效期
        expiry expirydate expirytime expires expireson expiresat expireat expire expiredate expiretime expiration
        expirationdate expirationtime expdate exp validuntil validto validthru validtill validity validdate enddate
    """,
    COST: """
        成本 成本价 单位成本 进价 进货价 采购价 采购单价 采购成本 供货价
        cost unitcost costprice purchaseprice buyprice buyingprice
    """,
    IGNORED: """
        序号 编号 行号 面值 面额 金额 价格 单价 售价 商品 商品名 商品名称 商品编号 产品 产品名称 名称 品牌 类型 种类
        规格 备注 说明 状态 数量 批次
        批次号 订单号 创建时间 创建日期 导出时间 生成时间 激活时间 开始时间 开始日期 生效日期 生效时间 发放时间 币种
        index idx id no row line seq facevalue denomination value amount price product productname productid sku
        skuname name title brand type category remark remarks note notes comment memo status state quantity qty count
        batch batchno order orderno orderid createdat created createdate createtime startdate validfrom currency
    """,
}
_ROLE_OF = {word: role for role, words in _WORDS.items() for word in words.split()}
_BRACKETED = re.compile(r"[(（\[【<《].*?[)）\]】>》]")
_NOT_WORD = re.compile(r"[\W_]+")


def role_of(name: str) -> str | None:
    """The role that a column name stands for, or None. Case, blanks, punctuation and bracketed remarks do not count."""
    return _ROLE_OF.get(_NOT_WORD.sub("", _BRACKETED.sub("", name)).lower())
