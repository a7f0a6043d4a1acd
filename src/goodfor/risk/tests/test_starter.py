"""Each rule that shops begin with: what triggers it, and what nearly does."""

from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from django.utils import translation

from goodfor.kernel import audit, invariants
from goodfor.risk import rule_queries, velocities
from goodfor.risk.catalogue import CATALOGUE
from goodfor.risk.language import parse
from goodfor.risk.list_keys import TYPES
from goodfor.risk.operations.install_starter import install_starter, text_of
from goodfor.risk.operations.submit_rule import set_state
from goodfor.risk.rule_invariants import RULE_INVARIANTS
from goodfor.risk.rule_reading import check_says
from goodfor.risk.starter import BY_CODE, STARTER
from goodfor.risk.starting import Starter
from goodfor.risk.tests import rule_world
from goodfor.risk.tests.rule_world import RULE_TABLES, World, dump, sql
from goodfor.risk.types import Outcome, Scene, Value
from goodfor.risk.wording_rules import THREATS, shown

world = rule_world.world
Snapshot = dict[str, Value]
_NEW_LIQUID: Snapshot = {"first_purchase_with_instrument": True, "sku_liquidity": 0.9, "amount_minor": 20_000}

#: code -> what triggers it, and what of that is changed so that it does not. Both are complete: nothing else is known.
CASES: dict[str, tuple[Snapshot, Snapshot]] = {
    "new-instrument-liquid": (_NEW_LIQUID, {"amount_minor": 19_999}),
    "instrument-many-buyers": ({"instrument_buyers_30d": 4}, {"instrument_buyers_30d": 3}),
    "buyer-many-instruments": ({"buyer_instruments_7d": 4}, {"buyer_instruments_7d": 3}),
    "device-many-instruments": ({"device_instruments_7d": 6}, {"account_age_days": 30}),
    "hidden-address-large": ({"ip_vpn": True, "amount_minor": 50_000}, {"buyer_paid_90d": 1}),
    "liquid-burst": ({"sku_liquidity": 0.8, "buyer_ordered_24h": 200_000}, {"buyer_paid_90d": 3}),
    "new-device-old-buyer": (
        {"device_known_hours": 0, "buyer_known_hours": 720, "first_purchase_with_instrument": True,
         "amount_minor": 20_000},
        {"device_known_hours": 1},
    ),
    "night-liquid-spree": ({"night": True, "sku_liquidity": 0.8, "buyer_paid_24h": 5}, {"night": False}),
    "instrument-fails": ({"instrument_pay_bad_24h": 5}, {"instrument_pay_bad_24h": 4}),
    "buyer-pay-fails": ({"buyer_pay_bad_1h": 4}, {"buyer_pay_bad_1h": 3}),
    "address-many-instruments": ({"address_instruments_1h": 6}, {"ip_shared": True}),
    "small-probes": ({"address_pay_bad_1h": 8, "amount_minor": 500}, {"amount_minor": 501}),
    "device-pay-fails": ({"device_pay_bad_24h": 8}, {"device_pay_bad_24h": 7}),
    "script-buys": ({"agent_script": True}, {"device_known": True}),
    "payment-not-confirmed": ({"channel_confirmed": False}, {"channel_confirmed": True}),
    "payment-other-channel": ({"channel_matches": False}, {"channel_matches": True}),
    "payment-other-merchant": ({"merchant_matches": False}, {"merchant_matches": True}),
    "payment-short": ({"price_ratio": 0.999, "currency_matches": True}, {"price_ratio": 1.0}),
    "payment-again": ({"notify_count": 10}, {"notify_count": 9}),
    "cancelled-then-paid": ({"cancelled_then_paid": True}, {"cancelled_then_paid": False}),
    "paid-late-price-changed": ({"paid_late_seconds": 1, "price_changed": True}, {"paid_late_seconds": 0}),
    "last-second-payer": ({"seconds_to_expiry": 9, "last_second_share": 0.5}, {"seconds_to_expiry": 10}),
    "address-tries-accounts": ({"address_sign_in_bad_buyers_1h": 8}, {"address_sign_in_bad_buyers_1h": 7}),
    "address-sign-in-fails": ({"address_sign_in_bad_10m": 10}, {"address_sign_in_bad_10m": 9}),
    "network-sign-in-fails": ({"network_sign_in_bad_1h": 100}, {"network_sign_in_bad_1h": 99}),
    "account-guessed": ({"buyer_sign_in_bad_1h": 5}, {"buyer_sign_in_bad_1h": 4}),
    "device-many-accounts": ({"device_sign_in_buyers_24h": 6}, {"device_sign_in_buyers_24h": 5}),
    "hidden-sign-in-fails": ({"ip_tor": True, "buyer_sign_in_bad_1h": 1}, {"ip_tor": False}),
    "codes-guessed": ({"buyer_code_bad_1h": 5}, {"buyer_code_bad_1h": 4}),
    "address-codes-guessed": ({"address_code_bad_1h": 15}, {"address_code_bad_1h": 14}),
    "phone-codes-guessed": ({"phone_code_bad_1h": 10}, {"phone_code_bad_1h": 9}),
    "code-bombing": ({"phone_codes_1h": 6}, {"phone_codes_1h": 5}),
    "redeem-guess-address": ({"address_redeem_bad_10m": 5}, {"address_redeem_bad_10m": 4}),
    "redeem-lock-address": ({"address_redeem_bad_10m": 20}, {"address_redeem_bad_10m": 19}),
    "redeem-guess-device": ({"device_redeem_bad_1h": 10}, {"device_redeem_bad_1h": 9}),
    "redeem-guess-buyer": ({"buyer_redeem_bad_1h": 5}, {"buyer_redeem_bad_1h": 4}),
    "redeem-guess-network": ({"network_redeem_bad_1h": 50}, {"network_redeem_bad_1h": 49}),
    "batch-under-attack": ({"batch_bad_addresses_1h": 30}, {"batch_bad_addresses_1h": 29}),
    "serial-guesses": ({"guess_run": 4}, {"guess_run": 3}),
    "canary-used": ({"canary_seen": True}, {"canary_seen": False}),
    "coupon-guess": ({"address_coupon_bad_1h": 10}, {"address_coupon_bad_1h": 9}),
    "look-up-guess": ({"address_look_up_bad_1h": 8}, {"address_look_up_bad_1h": 7}),
    "look-up-spread": ({"network_look_up_bad_1h": 40}, {"network_look_up_bad_1h": 39}),
    "odd-place-sign-in": ({"odd_place": True, "speed_kmh": 901}, {"speed_kmh": 900}),
    "odd-place-reveal": ({"odd_place": True}, {"device_age_days": 1}),
    "tor-sale": ({"ip_tor": True}, {"ip_tor": False}),
    "overseas-liquid": (
        {"ip_overseas": True, "sku_liquidity": 0.8, "first_purchase_with_instrument": True}, {"ip_overseas": False},
    ),
    "cloud-reveals": ({"ip_cloud": True, "address_reveals_1h": 20}, {"address_reveals_1h": 19}),
    "unpaid-open": ({"unpaid_orders_open": 5}, {"unpaid_orders_open": 4}),
    "never-pays": ({"unpaid_share": 0.8, "buyer_orders_24h": 5}, {"buyer_orders_24h": 4}),
    "large-first-order": ({"quantity": 50}, {"quantity": 49}),
    "address-orders": ({"address_orders_1h": 15}, {"ip_shared": True}),
    "device-orders-unpaid": ({"device_orders_1h": 8, "unpaid_share": 0.5}, {"unpaid_share": 0.49}),
    "device-many-coupon-buyers": ({"device_coupon_buyers_30d": 3}, {"device_coupon_buyers_30d": 2}),
    "cluster-coupon": ({"coupon_uses_cluster": 2}, {"coupon_uses_cluster": 1}),
    "throwaway-contact": ({"mail_disposable": True, "buyer_known_hours": 23}, {"buyer_known_hours": 24}),
    "device-registers": ({"device_registers_7d": 4}, {"device_registers_7d": 3}),
    "address-registers": ({"address_registers_1h": 10}, {"address_registers_1h": 9}),
    "own-referral": ({"referrer_same_cluster": True}, {"referrer_same_cluster": False}),
    "referral-farm": (
        {"referrer_referrals_7d": 10, "referrer_devices_7d": 9, "referrer_networks_7d": 2},
        {"referrer_networks_7d": 3},
    ),
    "unpaid-referral": ({"referee_paid": False, "referrer_referrals_7d": 5}, {"referee_paid": True}),
    "split-orders": ({"coupon_used": True, "coupon_share": 0.3, "buyer_orders_24h": 4}, {"coupon_share": 0.29}),
    "group-of-one": ({"group_buy": True, "group_same_cluster": 2}, {"group_same_cluster": 1}),
    "coupon-spree": ({"buyer_coupons_7d": 20}, {"buyer_coupons_7d": 19}),
    "refund-habit": ({"refund_share_buyer": 0.35, "buyer_claims_30d": 3}, {"buyer_claims_30d": 2}),
    "refund-cluster": ({"refund_share_cluster": 0.35, "refund_share_buyer": 0.1}, {"refund_share_cluster": 0.34}),
    "claims-burst": ({"buyer_claims_30d": 6}, {"buyer_claims_30d": 5}),
    "claim-of-redeemed": ({"code_redeemed": True, "codes_revealed_share": 0.5}, {"codes_revealed_share": 0}),
    "claims-false-before": ({"claims_proven_false": 2}, {"claims_proven_false": 1}),
    "claim-long-after": (
        {"codes_revealed_share": 1, "seconds_since_reveal": 604_801}, {"seconds_since_reveal": 604_800},
    ),
    "staff-mass-view": ({"codes_viewed_hour": 100}, {"codes_viewed_hour": 99}),
    "staff-odd-hours": ({"staff_working_hours": False, "export_rows": 200}, {"staff_working_hours": True}),
    "staff-unsold-view": ({"unsold_viewed_hour": 20}, {"unsold_viewed_hour": 19}),
    "code-stolen": ({"redeemed_before_sale": True}, {"redeemed_before_sale": False}),
    "export-large": ({"export_rows": 1_000}, {"export_approved": True}),
    "export-often": ({"exports_day": 5}, {"exports_day": 4}),
    "batch-watched": ({"batch_staff_views_24h": 30}, {"batch_staff_views_24h": 29}),
}  # fmt: skip
ALL = [pytest.param(rule, id=rule.code) for rule in STARTER]
#: Rows of the study's table of threats -> labels that must be there.
ROWS = (
    {"R0043-001", "R0094", "R0138"}, {"R0040", "R0041", "R0126"},
    {"R0032-001", "R0032-002", "R0032-003", "R0090", "R0088"}, {"R0002", "R0126-001"}, {"R0014"},
    {"R0005-001", "R0005-002", "R0009", "R0055-001", "R0064"}, {"R0054-001", "R0068", "R0139"},
    {"R0072-001", "R0111", "R0078"}, {"R0141", "R0099"},
)  # fmt: skip
#: What shop owners complain of in public -> the rule that answers it.
COMPLAINTS = {
    "lizhipay/faka 23, acg-faka 817: delivered without a payment, forged callback": "payment-not-confirmed",
    "new-api 4353: a forged webhook of another gateway": "payment-other-channel",
    "mycart 405: a callback signed for another merchant": "payment-other-merchant",
    "vmqphp 7: the price altered before paying": "payment-short",
    "dujiaoka 328, 95: notified again and again, several codes": "payment-again",
    "dujiaoka 76, 265: a hundred pieces ordered and never paid": "large-first-order",
    "dujiaoka 76: every day until nothing is left": "never-pays",
    "dujiaoka 265: limits by address": "address-orders",
    "acg-faka 886: locks that grow": "redeem-lock-address",
    "acg-faka 29, card-system 155: codes stolen from the database": "code-stolen",
    "gift cards: limits on checks of balances": "look-up-guess",
}


def fits(rule: Starter, snapshot: Snapshot) -> bool | None:
    """Live evaluation of the rule alone."""
    return parse(rule.text, CATALOGUE, keys=TYPES).compile()(snapshot)


def test_each_has_its_case() -> None:
    assert set(CASES) == set(BY_CODE)
    assert len(STARTER) == len(BY_CODE) >= 40


@pytest.mark.parametrize("rule", ALL)
def test_it_is_triggered(rule: Starter) -> None:
    trigger, _near = CASES[rule.code]
    assert set(trigger) <= set(CATALOGUE)
    assert fits(rule, trigger) is True


@pytest.mark.parametrize("rule", ALL)
def test_it_is_not_triggered_by_what_is_near(rule: Starter) -> None:
    trigger, change = CASES[rule.code]
    assert len(change) == 1
    assert fits(rule, trigger | change) is False


@pytest.mark.parametrize("rule", ALL)
def test_nothing_known_fits_nothing(rule: Starter) -> None:
    assert fits(rule, {}) is not True


@pytest.mark.parametrize("rule", ALL)
def test_what_it_counts_is_counted_in_its_scenes(rule: Starter) -> None:
    """A velocity that a scene's decisions do not read is never known there: the rule would sleep."""
    names = parse(rule.text, CATALOGUE, keys=TYPES).names
    for scene in rule.scenes:
        read = {one.name for one in velocities.BY_SCENE[scene]}
        unread = {one.name for one in velocities.VELOCITIES if one.name in names} - read
        assert not unread, f"{scene} does not read {unread}"


@pytest.mark.parametrize("rule", ALL)
def test_it_says_what_a_rule_must(rule: Starter) -> None:
    says = text_of(rule)
    check_says(says)
    assert says.words
    assert not (says.outcome is Outcome.REVIEW and says.hard)


def test_every_threat_and_complaint_is_answered() -> None:
    labels = {rule.label for rule in STARTER}
    assert [row - labels for row in ROWS] == [set()] * len(ROWS)
    assert {rule.threat for rule in STARTER} == set(THREATS) - {"other"}
    assert set(COMPLAINTS.values()) <= set(BY_CODE)
    assert {scene for rule in STARTER for scene in rule.scenes} == set(Scene)


def faults(now: datetime) -> dict[str, Any]:
    """What the audit says."""
    return {one.name: found.violations for one in RULE_INVARIANTS if not (found := invariants.run(one, now)).ok}


def test_a_shop_gets_them_once(world: World) -> None:
    count = len(STARTER)
    assert install_starter(shop_id=world.shop_id, actor=world.anna, now=world.now) == count
    found = rule_queries.rules(world.shop_id)
    live = sum(rule.asks.live for rule in STARTER)
    assert Counter(rule.state for rule in found) == {"live": live, "shadow": count - live}
    assert all(rule.version == rule.latest for rule in found)
    assert all(rule.latest.approved_by == world.anna and rule.latest.made_by == "goodfor" for rule in found)
    assert {rule.code: rule.latest.says for rule in found} == {rule.code: text_of(rule) for rule in STARTER}
    assert faults(world.now) == {}
    before = dump(*RULE_TABLES)
    assert install_starter(shop_id=world.shop_id, actor=world.bert, now=world.now) == 0
    assert dump(*RULE_TABLES) == before
    assert [line.data for line in audit.lines_of(shop_id=world.shop_id, subject=("shop", world.shop_id))
            if line.action == "risk_starter_installed"] == [{"rules": count, "live": live}]  # fmt: skip


def test_what_a_shop_changed_stays_so(world: World) -> None:
    install_starter(shop_id=world.shop_id, actor=world.anna, now=world.now)
    rule = next(rule for rule in rule_queries.rules(world.shop_id) if rule.code == "unpaid-open")
    change = set_state(
        shop_id=world.shop_id, rule_id=rule.id, state="off", reason="不合用", actor=world.anna, now=world.now
    )  # fmt: skip
    assert change.done
    assert install_starter(shop_id=world.shop_id, actor=world.anna, now=world.now) == 0
    assert rule_queries.rule(world.shop_id, rule.id).state == "off"


def test_they_run_together(world: World) -> None:
    install_starter(shop_id=world.shop_id, actor=world.anna, now=world.now)
    honest: Snapshot = {
        "amount_minor": 4_850, "quantity": 1, "sku_liquidity": 0.9, "first_purchase_with_instrument": False,
        "unpaid_orders_open": 1, "unpaid_share": 0.1, "buyer_orders_1h": 1, "buyer_orders_24h": 2,
        "buyer_ordered_24h": 9_700, "buyer_paid_90d": 4, "address_orders_1h": 2, "device_orders_1h": 1,
        "device_order_buyers_7d": 1, "ip_cloud": False, "ip_vpn": False, "ip_tor": False, "ip_shared": False,
        "agent_script": False, "device_known": True, "device_pay_bad_24h": 0, "coupon_used": False,
        "coupon_share": 0.0, "group_buy": False, "group_same_cluster": 0,
    }  # fmt: skip
    said = world.judge(honest, buyer="buyer:1", device="d", address="203.0.113.9")
    assert (said.hits, said.silent) == ((), ())
    said = world.judge(honest | {"unpaid_orders_open": 7, "quantity": 100, "buyer_paid_90d": 0}, buyer="buyer:1")
    assert [(hit.code, hit.live) for hit in said.hits] == [("unpaid-open", True), ("large-first-order", True)]
    for rule in STARTER:
        trigger, _ = CASES[rule.code]
        for scene in rule.scenes:
            hits = {hit.code: hit.live for hit in world.judge(dict(trigger), scene).hits}
            assert hits.get(rule.code) is rule.asks.live


def test_names_are_stored_as_translations_begin(world: World) -> None:
    with translation.override("en"):
        install_starter(shop_id=world.shop_id, actor=world.anna, now=world.now)
    names = dict(sql("SELECT r.code, v.name FROM risk_rule_version v JOIN risk_rule r ON r.id = v.rule_id"))
    assert names["unpaid-open"] == "未付款订单过多"
    assert shown("我自己写的规则") == "我自己写的规则"
    assert shown("") == ""
