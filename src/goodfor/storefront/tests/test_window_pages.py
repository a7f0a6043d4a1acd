"""The arranged home, lists narrowed by the address, share pictures, manifest, map, robots."""

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings
from PIL import Image

from goodfor.catalog.operations import change_product, set_on_sale
from goodfor.catalog.queries import get_product
from goodfor.identity.operations import add_staff, create_user
from goodfor.kernel.clock import utc_now
from goodfor.storefront import share_picture
from goodfor.storefront.home import arranged_home
from goodfor.storefront.tests.test_pages import text_of
from goodfor.storefront.tests.world import World
from goodfor.window import queries as window
from goodfor.window.operations import arrange_blocks, publish_blocks
from goodfor.window.types import BlockRequest

pytestmark = pytest.mark.django_db(transaction=True)
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7131*7129}}"
#: What would be live code if it were not escaped. The product of the template is no time of day.
LIVE = ("<script>alert", "<img src=x", "50836899")


def publish(world: World) -> None:
    publish_blocks(shop_id=world.shop_id, actor="test", now=utc_now())


def test_a_shop_that_arranged_nothing_has_a_home_all_the_same(client: Client, world: World) -> None:
    page = text_of(client.get("/"))
    assert "在售商品" in page
    assert "周末宅家专场" not in page


def test_a_draft_is_seen_only_by_its_link(client: Client, world: World) -> None:
    staff = add_staff(
        shop_id=world.shop_id, user_id=create_user(username="ops"), role="operator", actor="t", now=utc_now()
    )
    url = window.preview_url(world.shop_id, "", staff.id)
    seen = client.get(url)
    assert "周末宅家专场" in text_of(seen)
    assert seen["X-Robots-Tag"] == "noindex"
    assert seen["Cache-Control"] == "no-store"
    assert "周末宅家专场" not in text_of(client.get(url[:-1]))
    assert "周末宅家专场" not in text_of(client.get("/?preview="))


def test_published_blocks_are_the_home(client: Client, world: World) -> None:
    publish(world)
    body = client.get("/").content.decode()
    for words in ("周末宅家专场", "今晚限时", "大家在买", "节假日也照常发码。", 'href="/s/%E5%AE%85%E5%AE%B6"'):
        assert words in body, words
    assert body.count("flash-card") == 3
    assert body.count("<h1") == 1
    assert f"/p/{world.product_slug}?sku={world.sku_id}" in body


def test_a_strip_ends_and_what_is_off_sale_is_gone(world: World) -> None:
    publish(world)
    now = utc_now()
    kinds = [piece.kind for piece in arranged_home(world.shop_id, now).pieces]  # type: ignore[union-attr]
    assert kinds == ["banner", "scene", "flash", "category", "grid", "text"]
    later = arranged_home(world.shop_id, now + timedelta(hours=6))
    assert later is not None
    assert [piece.kind for piece in later.pieces] == ["banner", "scene", "category", "grid", "text"]
    for slug in ("wallet", "ride"):
        product_id = get_product(world.shop_id, slug).id
        set_on_sale(shop_id=world.shop_id, product_id=product_id, on_sale=False, actor="t", now=now)
    empty = arranged_home(world.shop_id, now)
    assert empty is not None
    assert [piece.kind for piece in empty.pieces] == ["banner", "scene", "text"]


def listed(client: Client, path: str) -> list[str]:
    return re.findall(r'href="/p/([\w-]+)"', client.get(path).content.decode())


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/c", ["wallet", "ride"]), ("/c?stock=1", ["wallet"]), ("/s/宅家", ["wallet", "ride"]),
        ("/c?from=60", ["wallet"]), ("/c?to=50", ["wallet", "ride"]), ("/c?to=48.49", []), ("/c?from=48.5&to=48.50",
         ["wallet", "ride"]), ("/c?kind=code", ["wallet", "ride"]), ("/c?scene=出行", []),
        ("/c?scene=宅家&stock=1", ["wallet"]),
        ("/search?q=钱包", ["wallet"]), ("/search?q=钱包&from=500", []), ("/search?q=代金&stock=1", []),
        # What makes no sense narrows nothing.
        ("/c?from=x&to=NaN", ["wallet", "ride"]), ("/c?from=1e99&kind=drone", ["wallet", "ride"]),
        ("/c?from=-5&to=Infinity", ["wallet", "ride"]), ("/c?scene=%00", ["wallet", "ride"]),
    ],
)  # fmt: skip
def test_lists_are_narrowed_by_their_address(client: Client, world: World, path: str, found: list[str]) -> None:
    assert sorted(listed(client, path)) == sorted(found)


def test_an_unknown_scene_is_no_page(client: Client, world: World) -> None:
    assert client.get("/s/none").status_code == 404
    assert client.get("/s/" + "x" * 200).status_code == 404
    assert client.get("/s/宅家?from=9999").status_code == 200


def test_the_head_says_what_the_page_is(client: Client, world: World) -> None:
    head = client.get(f"/p/{world.product_slug}?sku={world.sku_id}").content.decode()
    assert f'<link rel="canonical" href="http://testserver/p/{world.product_slug}">' in head
    assert '<meta property="og:title" content="星河钱包充值码 · 好码小店">' in head
    assert '<meta name="description" content="官方渠道卡密。">' in head
    picture = re.search(r'og:image" content="http://testserver([^"]+)"', head)
    assert picture
    answer = client.get(picture[1])
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/png", "public, max-age=86400")
    with Image.open(io.BytesIO(answer.content)) as image:
        assert (image.format, image.size) == ("PNG", (1200, 630))
    assert len(answer.content) < 120_000
    for private in ("/lookup", "/orders", "/me", "/no/such/page"):
        body = client.get(private).content.decode()
        assert '<meta name="robots" content="noindex">' in body, private
        assert "canonical" not in body, private


def test_a_picture_is_drawn_once_for_what_it_says(world: World, tmp_path: Path, monkeypatch: Any) -> None:
    drawn: list[str] = []
    original = share_picture.draw
    monkeypatch.setattr(share_picture, "draw", lambda words: drawn.append(words.product) or original(words))
    with override_settings(MEDIA_ROOT=tmp_path):
        product = get_product(world.shop_id, world.product_slug)
        first = share_picture.picture(share_picture.words_of("店", product))
        assert share_picture.picture(share_picture.words_of("店", product)) == first
        assert share_picture.picture(share_picture.words_of("别的店", product)) != first
    assert len(drawn) == 2
    assert share_picture.picture_address("店", product) != share_picture.picture_address("别的店", product)


@pytest.mark.parametrize("font", [None, "found"])
def test_a_picture_needs_no_font_of_the_system(font: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if font is None:
        monkeypatch.setattr(share_picture, "_font_file", lambda: None)
        monkeypatch.setattr(share_picture, "_LATIN", "/nowhere.ttf")
        share_picture._font.cache_clear()
    for words in (
        share_picture.Words("好码小店", "星河影视会员 Star River" * 6, "¥100 元"),
        share_picture.Words("", "会员", "月卡"),
    ):
        assert share_picture.draw(words).startswith(b"\x89PNG")
    share_picture._font.cache_clear()


def test_manifest_icons_map_and_robots(client: Client, world: World) -> None:
    manifest = client.get("/manifest.webmanifest")
    assert manifest["Content-Type"] == "application/manifest+json"
    assert (manifest.json()["name"], manifest.json()["display"]) == ("好码小店", "standalone")
    for icon in manifest.json()["icons"]:
        size = int(icon["sizes"].split("x")[0])
        file = Path(share_picture.__file__).parent / "static" / icon["src"].removeprefix("/static/")
        with Image.open(file) as image:
            assert image.size == (size, size)
    assert client.get("/favicon.ico").status_code == 302
    robots = client.get("/robots.txt").content.decode()
    assert "Disallow: /o/" in robots
    assert "Sitemap: http://testserver/sitemap.xml" in robots
    ride = get_product(world.shop_id, "ride").id
    assert "/p/ride" in client.get("/sitemap.xml").content.decode()
    set_on_sale(shop_id=world.shop_id, product_id=ride, on_sale=False, actor="t", now=utc_now())
    sitemap = client.get("/sitemap.xml").content.decode()
    assert "<loc>http://testserver/p/wallet</loc>" in sitemap
    assert "<loc>http://testserver/c/games</loc>" in sitemap
    assert "/p/ride" not in sitemap
    assert "/o/" not in sitemap


# -- attacks ----------------------------------------------------------------------------------------


def test_words_of_the_shop_are_never_code(client: Client, world: World) -> None:
    product = get_product(world.shop_id, world.product_slug)
    change_product(
        shop_id=world.shop_id, product_id=product.id, category_id=product.category.id, name=EVIL, summary=EVIL,
        how_to_use=f"{EVIL}\n{EVIL}", validity_text=EVIL, scenes=["宅家"], position=0, actor="t", now=utc_now(),
    )  # fmt: skip
    short = EVIL[:40]
    ends = (utc_now() + timedelta(hours=1)).isoformat()
    blocks = [
        BlockRequest("banner", {"title": short, "text": EVIL, "href": '/s/"><script>alert(1)</script>'}),
        BlockRequest("text", {"title": short, "body": EVIL}),
        BlockRequest("grid", {"title": short}),
        BlockRequest("flash", {"title": short, "sku_ids": [str(world.sku_id)], "ends_at": ends}),
    ]
    arrange_blocks(shop_id=world.shop_id, blocks=blocks, actor="t", now=utc_now())
    publish(world)
    number, secret = world.orders["claimed"]
    client.get(f"/o/{number}", {"k": secret})
    for path in ("/", "/c", "/s/宅家", f"/p/{world.product_slug}", "/search?q=script", f"/o/{number}",
                 f"/checkout?p={world.product_slug}&sku={world.sku_id}", "/sitemap.xml"):  # fmt: skip
        body = client.get(path).content.decode()
        for live in LIVE:
            assert live not in body, (path, live)
    assert "&lt;script&gt;alert" in client.get(f"/p/{world.product_slug}").content.decode()


@pytest.mark.parametrize(
    "where", ["/search?q={}", "/c?from={}", "/c?scene={}", "/s/{}", "/c/{}", "/p/{}", "/?preview={}"]
)
def test_words_of_an_address_are_never_code(client: Client, world: World, where: str) -> None:
    response = client.get(where.format(EVIL.replace("/", "").replace("#", "")))
    for live in LIVE:
        assert live not in response.content.decode(), live


def test_a_foreign_host_gets_nothing_of_ours(client: Client, world: World) -> None:
    assert client.get("/", HTTP_HOST="evil.example").status_code == 400
    assert client.get("/sitemap.xml", HTTP_HOST="evil.example").status_code == 400
    with override_settings(ALLOWED_HOSTS=["*"]):
        body = client.get("/", HTTP_HOST='x"><script>').content.decode()
    assert "<script>alert" not in body


def test_nothing_leads_elsewhere(client: Client, world: World) -> None:
    number = world.orders["delivered"][0]
    for path in ("/checkout", f"/o/{number}/claim", f"/o/{number}/cancel", f"/o/{number}/lock", "/me/forget"):
        answer = client.post(path, {"next": "https://evil.example/", "p": "wallet", "return_url": "//evil.example"})
        assert "evil.example" not in answer.get("Location", ""), path
