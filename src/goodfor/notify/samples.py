"""What messages are tried out with in the console: invented facts, as each scene tells them."""

from typing import Final

ORDER: Final = {
    "number": "G260101ABCDEFGH23",
    "title": "星河影视会员 月卡",
    "quantity": "2",
    "total": "¥37.00",
    "placed_at": "2026-01-01 08:00",
    "paid_at": "2026-01-01 08:01",
    "url": "https://shop.example/orders/G260101ABCDEFGH23",
}
LINES: Final = [
    {"title": "星河影视会员 月卡", "quantity": "2", "price": "¥18.50", "discount": "¥2.00", "net": "¥35.00"}
]
REFUND: Final = {"number": "R260101ABCDEFGH23", "amount": "¥37.00", "reason": "库存不足"}
CLAIM: Final = {
    "number": "C260101ABCDEFGH23",
    "reason": "兑换失败",
    "answer": "已为您补发",
    "deadline": "2026-01-01 20:00",
    "url": "https://shop.example/claims/C260101ABCDEFGH23",
}
DECIDED: Final = {
    **CLAIM,
    "answer": "已换新码",
    "why": "供货方确认这张卡密不能用。已为你换一张新的，可以马上查看。",
}
LATE: Final = {**CLAIM, "what": "答复", "amount": "¥5.00"}
GRANT: Final = {
    "kind": "按承诺赔付",
    "amount": "¥185.00",
    "url": "https://shop.example/claims/C260101ABCDEFGH23",
}
RECALL: Final = {
    "title": "星河影视会员 月卡",
    "codes": "1",
    "url": "https://shop.example/orders/G260101ABCDEFGH23",
}
SKU: Final = {
    "code": "xh-month",
    "title": "星河影视会员 月卡",
    "price": "¥18.50",
    "left": "9",
    "threshold": "10",
    "url": "https://shop.example/p/xinghe-video",
}
SUPPLIER: Final = {
    "name": "星源供货",
    "left": "286.40 CNY",
    "mark": "500 CNY",
    "lasts": "约 2 天",
    "url": "https://shop.example/console/supply/accounts",
}
ALERT: Final = {
    "kind": "余额不符",
    "supplier": "星源供货",
    "detail": "2026-01-01 相差 8.00 CNY",
    "url": "https://shop.example/console/supply/accounts",
}

ALARM: Final = {
    "kind": "金丝雀卡密在外出现",
    "detail": "从没卖过的卡密出现在：售后申请的文字。库存可能被人拿走了一部分",
    "url": "https://shop.example/console/risk/traps/?tab=canaries",
}
PRICE: Final = {
    "code": "xh-month",
    "title": "星河影视会员 月卡",
    "old_cost": "15.20",
    "new_cost": "17.80",
    "now": "¥18.50",
    "proposed": "¥21.90",
    "url": "https://shop.example/console/supply/watch/",
}

CAMPAIGN: Final = {
    "name": "周末满减",
    "who": "anna",
    "why": "优惠预算已用完",
    "url": "https://shop.example/console/promotions/campaigns/",
}
GROUP: Final = {"missing": "1", "until": "2026-01-02 08:00", "url": "https://shop.example/group/1"}
COUPON: Final = {"name": "满 50 减 5", "url": "https://shop.example/coupons/mine"}
GIFT: Final = {
    "title": "星河影视会员 月卡",
    "units": "1",
    "until": "2026-01-08 08:00",
    "url": "https://shop.example/gifts/L260101ABCDEFGH23",
}
HELD: Final = {
    "title": "星河影视会员 月卡",
    "unseen": "",
    "until": "2026-01-08 08:00",
    "url": "https://shop.example/me/wallet",
}
REWARD: Final = {
    "amount": "¥4.85",
    "owed": "",
    "coupon": "",
    "until": "2026-01-08 08:00",
    "url": "https://shop.example/me/invite",
}
RULE: Final = {
    "name": "同一设备短时间多次付款",
    "code": "device-many-pays",
    "who": "anna",
    "reason": "误伤太多",
    "url": "https://shop.example/console/risk/changes/",
}
REPORT: Final = {
    "name": "每周商品",
    "span": "2025-12-25 至 2025-12-31",
    "heads": "商品：支付金额 / 毛利率",
    "more": "",
    "url": "https://shop.example/console/insights/reports/",
}
REPORT_ROWS: Final = [{"key": "星河影视会员 月卡", "cells": [{"text": "370.00"}, {"text": "0.1820"}]}]
BRIEF: Final = {
    "day": "2025-12-31",
    "greeting": "昨天值得看的三件事",
    "url": "https://shop.example/console/insights/brief/",
}
BRIEF_THINGS: Final = [{"text": "“星河影视会员 月卡”还剩 9 件，约够 1.5 天，建议补 60 件"}]
POINTS: Final = {
    "units": "1,200",
    "last": "2026-01-31",
    "worth": "¥12.00",
    "url": "https://shop.example/me/points",
}
TIER: Final = {
    "name": "金卡会员",
    "other": "银卡会员",
    "missing": "120 成长值",
    "until": "2026-01-31",
    "perks": "购物得 2 倍积分，每月送 100 积分",
    "url": "https://shop.example/me",
}
MEMBER_GIFT: Final = {"birthday": "1", "units": "100", "url": "https://shop.example/me/points"}
WELFARE: Final = {"company": "星河科技", "name": "林一", "url": "https://shop.example/welfare/join/example"}
