"""Against another implementation (python-alipay-sdk, a development dependency), both ways and without a network.

Its known slips are avoided: it fails on an empty field and on braces inside strings, where ours must not.
"""

import json
from urllib.parse import parse_qsl

from alipay import AliPay, DCAliPay  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfor.payments.providers import rsa
from goodfor.payments.providers.alipay import certificates, client, signing
from goodfor.payments.providers.alipay.settings import Settings
from goodfor.payments.providers.alipay.tests.kit import (
    APP,
    MERCHANT,
    MERCHANT_PUBLIC,
    NOTIFY,
    NOW,
    PLATFORM,
    PLATFORM_PUBLIC,
    account,
    reply,
)
from goodfor.payments.providers.alipay.tests.test_certificates import ALIPAY, ROOT, ROOT2, number
from goodfor.payments.providers.alipay.tests.test_certificates import APP as APP_CERT

QUERY = "alipay.trade.query"
#: As the merchant, who signs requests and verifies Alipay; and as Alipay itself.
THEIRS = AliPay(appid=APP, app_private_key_string=MERCHANT, alipay_public_key_string=PLATFORM_PUBLIC)
AS_ALIPAY = AliPay(appid=APP, app_private_key_string=PLATFORM, alipay_public_key_string=MERCHANT_PUBLIC)
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
names = st.from_regex(r"[a-z][a-z_0-9]{0,11}", fullmatch=True).filter(lambda n: n not in ("sign", "sign_type"))


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(names, words, max_size=5))
def test_the_same_text_and_the_same_signature(content: dict[str, str]) -> None:
    ours = client.parameters(Settings.of(account()), QUERY, content, NOW)
    body = {k: v for k, v in ours.items() if k != "sign"}
    theirs = dict(parse_qsl(THEIRS.sign_data(dict(body)), keep_blank_values=True))
    assert theirs == ours


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(names, words, min_size=1, max_size=6))
def test_notifications_both_ways(fields: dict[str, str]) -> None:
    # Ours, read by them.
    signature = rsa.sign(signing.notify_content(fields).encode(), PLATFORM)
    assert THEIRS.verify({**fields, "sign_type": "RSA2"}, signature)
    # Theirs, read by us.
    sent = dict(parse_qsl(AS_ALIPAY.sign_data(dict(fields)), keep_blank_values=True))
    assert signing.verify_notify({**sent, "sign_type": "RSA2"}, (PLATFORM_PUBLIC,))
    name, value = next(iter(fields.items()))
    assert not signing.verify_notify({**sent, "sign_type": "RSA2", name: f"{value}!"}, (PLATFORM_PUBLIC,))


def test_vector_a2_by_theirs() -> None:
    signature = AS_ALIPAY._sign(signing.notify_content(NOTIFY))
    assert signature == rsa.sign(signing.notify_content(NOTIFY).encode(), PLATFORM)
    assert signature.startswith("c2U/G0RF3yoFUr2Zv9V9Cilq")


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(names, words.filter(lambda w: "{" not in w and "}" not in w), max_size=5))
def test_replies_read_the_same(content: dict[str, str]) -> None:
    body = reply(QUERY, {**content, "code": "10000"})
    theirs = THEIRS._verify_and_return_sync_response(body.decode(), "alipay_trade_query_response")
    assert client.read_reply(Settings.of(account()), QUERY, body, NOW) == theirs
    text = json.dumps({**content, "code": "10000"})
    signed = f'{{"alipay_trade_query_response":{text},"sign":"{AS_ALIPAY._sign(text)}"}}'
    assert client.read_reply(Settings.of(account()), QUERY, signed.encode(), NOW) == json.loads(text)


def test_numbers_of_certificates() -> None:
    for pem in (APP_CERT, ALIPAY, ROOT):
        assert number(pem) == DCAliPay.get_cert_sn(pem)
    roots = ROOT + "\n" + ROOT2
    assert certificates.root_serial(certificates.load(roots)) == DCAliPay.get_root_cert_sn(roots)
