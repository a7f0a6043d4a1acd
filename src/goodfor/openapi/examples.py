"""Examples for the OpenAPI document; a test checks each against its schema."""

from typing import Any

_SKU = "019b76da-a800-7000-8000-000000000001"
_ORDER = "019b76da-a800-7000-8000-000000000002"
_LINE = "019b76da-a800-7000-8000-000000000003"
_CODE = "019b76da-a800-7000-8000-000000000004"
_PRODUCT = "019b76da-a800-7000-8000-000000000005"
_REFUND = "019b76da-a800-7000-8000-000000000006"
_NUMBER = "G260101K7M3Q9XW2T"
_AT = "2026-01-01T00:00:00Z"


def _money(amount: str, minor: int) -> dict[str, Any]:
    return {"amount": amount, "amount_minor": minor, "currency": "CNY"}


_PRICE = _money("9.90", 990)
_CARD: dict[str, Any] = {
    "id": _PRODUCT,
    "slug": "video-month",
    "name": "视频会员月卡",
    "summary": "自动发货，永久有效",
    "category": "video",
    "from_price": _PRICE,
    "image_url": None,
    "sku_ids": [_SKU],
}
CATEGORIES: dict[str, Any] = {"items": [{"slug": "video", "name": "视频会员", "products": 12}]}
PRODUCT_PAGE: dict[str, Any] = {"items": [_CARD], "next_cursor": None}
PRODUCT: dict[str, Any] = {
    "id": _PRODUCT,
    "slug": "video-month",
    "name": "视频会员月卡",
    "summary": "自动发货，永久有效",
    "how_to_use": "在会员中心输入卡密",
    "validity_text": "购买后 30 天内激活",
    "image_url": None,
    "category": "video",
    "on_sale": True,
    "skus": [
        {
            "id": _SKU,
            "code": "VIDEO-1M",
            "name": "1 个月",
            "face_value_label": "30 天",
            "price": _PRICE,
            "list_price": None,
            "per_order_limit": 100,
            "per_buyer_limit": None,
            "delivery_kind": "code",
            "on_sale": True,
            "form": [],
        }
    ],
}
STOCK: dict[str, Any] = {"items": [{"sku_id": _SKU, "available": 128}]}
ORDER_IN: dict[str, Any] = {
    "lines": [{"sku_id": _SKU, "quantity": 1}],
    "payment": "balance",
    "external_ref": "ERP-20260101-0001",
    "max_total": {"amount_minor": 990, "currency": "CNY"},
}
ORDER: dict[str, Any] = {
    "id": _ORDER,
    "number": _NUMBER,
    "state": "delivered",
    "total": _PRICE,
    "placed_at": _AT,
    "pay_by": _AT,
    "paid_at": _AT,
    "deliver_by": _AT,
    "held_until": None,
    "delivered_at": _AT,
    "refunded_at": None,
    "refunded": _money("0.00", 0),
    "external_ref": "ERP-20260101-0001",
    "lines": [
        {
            "id": _LINE,
            "sku_id": _SKU,
            "title": "视频会员月卡",
            "quantity": 1,
            "unit_price": _PRICE,
            "discount": _money("0.00", 0),
            "total": _PRICE,
            "gift": False,
            "bundle_id": None,
            "bundle_title": None,
            "delivery_kind": "code",
            "account": None,
            "done": None,
        }
    ],
}
NEW_ORDER: dict[str, Any] = {**ORDER, "checkout": None}
ORDER_PAGE: dict[str, Any] = {"items": [ORDER], "next_cursor": "AQGbdtqoAHAAgAAAAAAAAAI"}
MASKED_CODES: dict[str, Any] = {
    "items": [{"id": _CODE, "line_id": _LINE, "position": 1, "expires_at": None, "revealed_at": None}]
}
REVEAL_IN: dict[str, Any] = {"code_ids": [_CODE]}
CODES: dict[str, Any] = {
    "items": [{"id": _CODE, "line_id": _LINE, "number": None, "secret": "EXAMPLE-0000-0000", "expires_at": None}]
}
BALANCE: dict[str, Any] = {"available": _money("1000.00", 100_000), "balance": _money("1000.00", 100_000)}
ENTRY_PAGE: dict[str, Any] = {
    "items": [
        {
            "id": 42,
            "kind": "payment",
            "reference": "payment:019b76da-a800-7000-8000-000000000007",
            "amount": _money("-9.90", -990),
            "order_id": _ORDER,
            "at": _AT,
        }
    ],
    "next_cursor": None,
}
PAYMENT_IN: dict[str, Any] = {"method": "wechat-main/mini", "payer": "oExampleOpenid0000000000001", "device": "wechat"}
PAYMENT: dict[str, Any] = {
    "kind": "client",
    "url": "",
    "fields": {
        "appId": "wx0000000000000000", "timeStamp": "1767225600", "nonceStr": "EXAMPLE", "package": "prepay_id=EXAMPLE",
        "signType": "RSA", "paySign": "EXAMPLE",
    },
}  # fmt: skip
REFUND_IN: dict[str, Any] = {"reason": "ordered twice"}
REFUND: dict[str, Any] = {
    "id": _REFUND,
    "number": "R260101K7M3Q9XW2T",
    "order_number": _NUMBER,
    "amount": _PRICE,
    "state": "succeeded",
    "requested_at": _AT,
    "succeeded_at": _AT,
}
