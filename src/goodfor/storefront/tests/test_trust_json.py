"""The trust page, its signed document and its badge, as anybody sees them."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.test import Client

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.figure_tasks import count_days
from goodfor.kernel.clock import utc_now
from goodfor.storefront.tests.test_pages import text_of
from goodfor.storefront.tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def count_all() -> None:
    while count_days(utc_now()):
        continue


def test_nothing_counted_yet(client: Client, world: World) -> None:
    assert "还没有足够的订单可以统计" in text_of(client.get("/trust"))
    assert client.get("/trust.json").status_code == 404
    assert "–" in client.get("/trust.svg").content.decode()


def test_each_figure_with_its_sample(client: Client, world: World) -> None:
    count_all()
    found = aftersales.shop_figures(world.shop_id, utc_now())
    assert found.count.units > 0
    page = text_of(client.get("/trust"))
    assert f"发出 {found.count.units:,} 个，其中 {found.count.bad:,} 个核实无效" in page
    for words in ("退款用时，95% 在此之内", "售后自动处理", "按时答复和处理", "已赔付", "按分类", "统计于"):
        assert words in page, words
    assert "/trust.json" in client.get("/trust").content.decode()


def test_anybody_can_verify_and_embed(client: Client, world: World) -> None:
    count_all()
    for path, kind in (("/trust.json", "application/json"), ("/trust.svg", "image/svg+xml")):
        answer = client.get(path, headers={"Origin": "https://elsewhere.example"})
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith(kind)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cache-Control"] == "public, max-age=60"
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert not answer.cookies
        assert client.post(path).status_code in (403, 405)
        assert "Access-Control-Allow-Origin" not in client.post(path).headers
    told = client.get("/trust.json").json()
    body = json.dumps(told["figures"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(told["signature"]["public_key"]))
    key.verify(base64.b64decode(told["signature"]["value"]), body)
    found = aftersales.shop_figures(world.shop_id, utc_now())
    assert told["figures"]["windows"][0]["shop"]["units"] == found.count.units
    assert "Access-Control-Allow-Origin" not in client.get("/trust").headers


def test_the_badge_in_words(client: Client, world: World) -> None:
    count_all()
    drawn = client.get("/trust.svg").content.decode()
    assert drawn.startswith("<svg ")
    assert "有效率" in drawn
    # The browser's own language changes nothing: what is kept for all is the same for all.
    assert client.get("/trust.svg", headers={"Accept-Language": "en"}).content.decode() == drawn
