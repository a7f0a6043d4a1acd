"""Consents to be charged again: signed on a page, and refused where the real channel would refuse."""

from typing import Any
from urllib.parse import urlsplit

from goodfor.sandbox.channels import demo
from goodfor.sandbox.channels.server import RunningChannels
from goodfor.sandbox.channels.tests.helpers import WeChatShop, send

_SIGN = "/v3/papay/scheduled-deduct-sign/contracts/pre-entrust-sign/h5"
_CONTRACT = f"/v3/papay/sign/contracts/plan-id/{demo.WECHAT_PLAN_ID}/out-contract-code/M0001X"
_NOWHERE = "http://127.0.0.1:1/n"


def presign(shop: WeChatShop, **change: object) -> tuple[int, dict[str, Any]]:
    body = {
        "appid": demo.WECHAT_APP_ID, "plan_id": int(demo.WECHAT_PLAN_ID), "out_contract_code": "M0001X",
        "contract_display_account": "云雀", "contract_notify_url": _NOWHERE,
        "deduct_schedule": {
            "estimated_deduct_date": "2026-12-01", "estimated_deduct_amount": {"total": 3000, "currency": "CNY"},
            "description": "会员续费",
        },
    }  # fmt: skip
    return shop.call("POST", _SIGN, {**body, **change})


def apply(shop: WeChatShop, contract: str, number: str, total: int = 1000) -> tuple[int, str]:
    status, answer = shop.call("POST", "/v3/papay/pay/transactions/apply", {
        "appid": demo.WECHAT_APP_ID, "out_trade_no": number, "description": "会员", "contract_id": contract,
        "transaction_notify_url": _NOWHERE, "amount": {"total": total, "currency": "CNY"},
    })  # fmt: skip
    return status, answer.get("code", "")


def test_a_contract_of_wechat_from_its_page_to_its_end(desk: RunningChannels) -> None:
    shop = WeChatShop(desk)
    assert presign(shop, plan_id=1)[1]["code"] == "PARAM_ERROR"
    assert presign(shop, out_contract_code="M_1")[1]["code"] == "PARAM_ERROR"
    page = presign(shop)[1]["redirect_url"]
    assert presign(shop)[1]["redirect_url"] == page
    assert shop.call("GET", _CONTRACT)[0] == 404
    status, shown, _headers = send("GET", page)
    assert (status, "同意自动扣款" in shown.decode()) == (200, True)
    assert urlsplit(page).path.startswith("/sign/wechat/")
    assert send("POST", page)[0] == 200
    told = shop.call("GET", _CONTRACT)[1]
    assert told["contract_state"] == "SIGNED"
    contract = told["contract_id"]

    # Not announced, not as much, not yet: nothing is charged.
    assert apply(shop, contract, "P00001") == (403, "NO_AUTH")
    schedules = f"/v3/papay/pay/schedules/contract-id/{contract}"
    assert shop.call("GET", schedules)[1] == {"schedule_state": "NO_SCHEDULED"}
    money = {"appid": demo.WECHAT_APP_ID, "schedule_amount": {"total": 1000, "currency": "CNY"}}
    assert shop.call("POST", f"{schedules}/schedule", money)[1]["schedule_state"] == "SCHEDULED"
    assert apply(shop, contract, "P00002", 1001) == (403, "RULE_LIMIT")
    assert apply(shop, contract, "P00003") == (403, "NO_AUTH")
    assert shop.query("P00003")["code"] == "ORDER_NOT_EXIST"

    status, ended = shop.call("POST", f"{_CONTRACT}/terminate", {"contract_termination_remark": "bye"})
    assert (status, ended["contract_state"]) == (200, "TERMINATED")
    assert shop.call("POST", f"{_CONTRACT}/terminate", {"contract_termination_remark": "bye"})[0] == 400
    assert apply(shop, contract, "P00004") == (404, "CONTRACT_NOT_EXIST")
    assert apply(shop, "nobody", "P00005") == (404, "CONTRACT_NOT_EXIST")
    books = desk.control.ledger("wechat")
    assert [row["state"] for row in books["agreements"]] == ["ended"]
    assert [row for row in books["payments"] if row["state"] == "paid"] == []
    assert books["balances"].get(demo.WECHAT_MCHID, {}) == {}
