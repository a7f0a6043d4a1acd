"""Testing a channel: it asks the gateway something harmless, and says what is wrong without saying a secret."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import transaction

from goodfor.kernel.clock import utc_now
from goodfor.kernel.outbound import http
from goodfor.payments.errors import AccountNotFound
from goodfor.payments.models import Account
from goodfor.payments.operations.change_account import change_account
from goodfor.payments.operations.probe_account import probe_account
from goodfor.payments.providers.channels import FORMS
from goodfor.payments.providers.probing import Probe
from goodfor.payments.providers.registry import PROVIDERS
from goodfor.payments.tests.world import World, rows
from goodfor.payments.types import AccountView
from goodfor.sandbox.demo import demo_merchant

pytestmark = pytest.mark.django_db(transaction=True)


def probed(account: AccountView) -> Probe:
    return probe_account(shop_id=account.shop_id, account_id=account.id, actor="test", now=utc_now())


def changed(account: AccountView, config: dict[str, Any] | None = None, **secrets: str) -> AccountView:
    return change_account(
        shop_id=account.shop_id, account_id=account.id, name=account.name,
        config={**account.config, **(config or {})}, secrets=secrets, methods=account.methods, actor="test",
        now=utc_now(),
    )  # fmt: skip


def test_every_provider_has_its_form() -> None:
    assert set(FORMS) == set(PROVIDERS)


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_good_account_works_and_nothing_is_made(world: World, version: str) -> None:
    account = world.epay(version)
    before = rows("SELECT count(*) FROM payments_payment")
    assert probed(account) == Probe("works")
    assert rows("SELECT count(*) FROM payments_payment") == before
    (line,) = rows("SELECT data::text FROM kernel_audit WHERE action = 'payments.account_probed'")
    assert '"result": "works"' in line[0]


def test_a_wrong_key_is_refused_in_words(world: World) -> None:
    account = changed(world.epay("v1"), key="0123456789abcdef0123456789abcdef")
    found = probed(account)
    assert found.code == "refused"
    assert found.text
    assert "0123456789abcdef" not in repr(found)
    assert demo_merchant().md5_key not in repr(found)


def test_another_platforms_key_does_not_fit(world: World) -> None:
    public = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    account = changed(world.epay("v2"), {"platform_key": pem})
    assert probed(account).code == "bad_signature"


def test_a_gateway_that_is_not_there(world: World) -> None:
    assert probed(changed(world.epay("v1"), {"gateway": "http://127.0.0.1:9"})).code == "not_sent"


def test_no_probe_of_other_accounts_and_none_in_a_transaction(world: World) -> None:
    account = world.epay("v1")
    with pytest.raises(AccountNotFound):
        probe_account(shop_id=uuid4(), account_id=account.id, actor="test", now=utc_now())
    current = changed(account)
    with pytest.raises(AccountNotFound):
        probed(account)
    with transaction.atomic():
        assert not probed(current).ok
    assert probed(current).ok


@dataclass(frozen=True)
class Quoting:
    status: int = 200
    body: bytes = b""


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ('{"code": -3, "msg": "bad KEY"}', Probe("refused", "")),
        ('{"code": -3, "msg": "bad"}', Probe("refused", "bad")),
        ('{"code": 1, "pid": 77, "active": 1}', Probe("foreign_merchant")),
        ('{"code": 1, "active": 0}', Probe("switched_off")),
        ("<html>", None),
    ],
)
def test_whatever_a_gateway_answers(
    world: World, monkeypatch: pytest.MonkeyPatch, reply: str, found: Probe | None
) -> None:
    account, key = world.epay("v1"), demo_merchant().md5_key
    monkeypatch.setattr(http, "post_form", lambda url, fields: Quoting(body=reply.replace("KEY", key).encode()))
    monkeypatch.setattr(http, "get", lambda url, fields: Quoting(body=reply.replace("KEY", key).encode()))
    told = probed(account)
    assert not told.ok
    assert key not in repr(told)
    if found is not None:
        assert told == found
    assert key not in repr(rows("SELECT data::text FROM kernel_audit"))
    assert Account.objects.filter(shop_id=account.shop_id).count() == 1
