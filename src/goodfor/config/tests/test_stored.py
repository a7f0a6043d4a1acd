"""What people may write, written by an attacker, and every page, file and mail that shows it: text, never markup."""

import csv
import io
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pytest
from django.test import Client

from goodfor.config.tests.everybody import Side, Sides, all_routes
from goodfor.config.tests.test_doors import address_of, at
from goodfor.config.tests.test_idor import kind_of
from goodfor.console.listing.running import export_path, write_export
from goodfor.console.listing.spec import REGISTRY
from goodfor.console.operations.start_export import start_export
from goodfor.console.tests.helpers import proved, sql
from goodfor.identity import queries as identity
from goodfor.kernel.clock import utc_now
from goodfor.notify.errors import TemplateInvalid
from goodfor.notify.operations.preview import preview
from goodfor.notify.scenes import SCENES
from goodfor.storefront.tests.account_flow import Mailbox, prove
from goodfor.window.operations import arrange_blocks, publish_blocks
from goodfor.window.types import BlockRequest

pytestmark = pytest.mark.django_db(transaction=True)
ROUTES = all_routes()
#: Out of an attribute of either kind, out of a script, and into the page.
ATTACK: Final = "</script>\"'><svg onload=xss>"
SHORT: Final = "\"'><svg onload=xss>"
#: Columns that people write, by way of forms, files, the API or their browser.
WRITTEN: Final = {
    "identity_shop": ["name"], "catalog_category": ["name"], "identity_api_client": ["name"],
    "catalog_product": ["name", "summary", "how_to_use", "validity_text"], "catalog_sku": ["name", "face_value_label"],
    "orders_line": ["title"], "payments_account": ["name"], "payments_refund": ["reason"],
    "payments_case": ["resolution"], "vault_batch": ["filename", "note"], "console_saved_view": ["name"],
    "console_session": ["agent"], "payments_inbox": ["path"], "identity_buyer_device": ["label"],
    "identity_buyer_session": ["label"], "identity_buyer_signin": ["label"], "identity_buyer_passkey": ["label"],
    "identity_saved_account": ["label"], "identity_oauth_app": ["label"], "auth_user": ["username"],
}  # fmt: skip
VOID = {"href", "src", "action", "formaction", "xlink:href", "srcset", "poster", "data"}


class Page(HTMLParser):
    """Finds what would run, and counts what is shown as text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.runs: list[str] = []
        self.shown = 0
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name.lower(): value or "" for name, value in attrs}
        if tag == "script":
            self._script = True
            if "src" not in given and given.get("type", "") not in ("application/ld+json", "application/json"):
                self.runs.append(f"script {given}")
        # A frame of ours is sandboxed without scripts and shows an address of this shop.
        framed = (
            tag == "iframe" and "srcdoc" not in given and given.get("src", "").startswith(("/", "http://a.example/"))
        )
        if framed and given.get("sandbox") in ("", "allow-same-origin"):
            framed = "sandbox" in given and "xss" not in given["src"]
        if tag in ("object", "embed", "base", "applet") or (tag == "iframe" and not framed):
            self.runs.append(f"{tag} {given}")
        for name, value in given.items():
            if re.fullmatch(r"on[a-z]+", name):
                self.runs.append(f"{tag} {name}={value}")
            if name in VOID and re.match(r"[\s\x00]*(javascript|vbscript|data:text)", value, re.IGNORECASE):
                self.runs.append(f"{tag} {name}={value}")
            # Alpine evaluates these.
            if name.startswith(("x-", "@", ":")) and "xss" in value:
                self.runs.append(f"{tag} {name}={value}")
            self.shown += "xss" in value

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._script = False

    def handle_data(self, data: str) -> None:
        if self._script and "</" in data:
            self.runs.append(f"script ends in {data[:80]}")
        self.shown += data.count("xss")


def read(text: str) -> Page:
    """The page as a browser would."""
    page = Page()
    page.feed(text)
    page.close()
    return page


def poison() -> list[str]:
    """Write the attack into every such column, past all checks; which columns there are."""
    done = []
    sql("SET session_replication_role = replica")
    try:
        for table, columns in WRITTEN.items():
            for column in columns:
                size = sql(
                    "SELECT coalesce(character_maximum_length, 9999) FROM information_schema.columns"
                    " WHERE table_name = %s AND column_name = %s",
                    [table, column],
                )
                if not size:
                    continue
                text = ATTACK if size[0][0] >= len(ATTACK) else SHORT
                unique = " || id::text" if table == "auth_user" else ""
                sql(f'UPDATE "{table}" SET "{column}" = %s{unique}', [text])
                done.append(f"{table}.{column}")
        sql("UPDATE catalog_product SET scenes = ARRAY[%s]", [SHORT])
        sql("UPDATE identity_shop SET settings = settings || jsonb_build_object('support', %s::text)", [ATTACK])
        sql("UPDATE payments_case SET detail = jsonb_build_object('x', %s::text, %s::text, 1)", [ATTACK, ATTACK])
    finally:
        sql("SET session_replication_role = DEFAULT")
    return done


def written_by_forms(side: Side, box: Mailbox) -> None:
    """What is sealed or checked comes by its form."""
    prove(side.first, box)
    assert side.first.post("/me/profile", {"name": ATTACK, "locale": "zh-hans"}).status_code == 302
    assert side.first.post("/me/accounts", {"label": ATTACK, "value": ATTACK}).status_code == 302
    line = side.proved_guest
    line.get(f"/o/{side.guest.number}?k={side.guest.secret}")
    line.post(f"/o/{side.guest.number}/claim/{side.claim_id}/withdraw")
    line.post(f"/o/{side.guest.number}/claim", {"reason": "other", "text": ATTACK})
    sku = str(side.shop.demo.skus["kw-50"])
    side.second.post(
        "/checkout", {"p": "kuwan-coin", "sku": sku, "qty": "1", "method": "alipay", "contact": "a@b.example"}
    )
    arrange_blocks(
        shop_id=side.id,
        actor="test",
        now=utc_now(),
        blocks=[
            BlockRequest("banner", {"title": ATTACK, "text": ATTACK, "href": "/search?q=x"}),
            BlockRequest("text", {"body": ATTACK}),
        ],
    )
    publish_blocks(shop_id=side.id, actor="test", now=utc_now())


def test_no_page_runs_what_people_wrote(sides: Sides, box: Mailbox) -> None:
    """Every page of the shop, of the account and of the console, with the attack in every place."""
    a = sides.a
    written_by_forms(a, box)
    owner = at(a, proved(a.id))
    done = poison()
    assert len(done) > 20, done
    pages, showing = 0, 0
    extra = [
        f"/o/{a.guest.number}",
        f"/o/{a.guest.number}/claim",
        f"/search?q={SHORT}",
        f"/s/{SHORT}",
        f"/s/{SHORT.replace('/', '')}",
        f"/console/orders/?q={SHORT}",
        f"/console/orders/?number={SHORT}",
        "/?next=" + SHORT,
        f"/signin?next=/{SHORT}",
        f"/console/signin?next=/console/{SHORT}",
        f"/console/signin?token={SHORT}",
        f"/checkout?p={SHORT}",
    ]
    paths = [
        address_of(route, a) for route in ROUTES if kind_of(route) not in ("paid", "api") and "signout" not in route
    ]
    for path in [*paths, *extra]:
        for client in (owner, a.first, a.proved_guest):
            answer = client.get(path)
            if not answer.headers.get("Content-Type", "").startswith("text/html") or answer.streaming:
                continue
            page = read(answer.content.decode())
            pages += 1
            if answer.headers.get("Content-Security-Policy", "").find("unsafe-inline") > 0:
                # The data browser's own scripts stand in its pages.
                page.runs = [run for run in page.runs if "xss" in run]
            assert page.runs == [], (path, page.runs[:3])
            showing += page.shown > 0
    assert pages > 200
    assert showing > 60


def test_what_is_sent_back_is_text(sides: Sides) -> None:
    """What was typed comes back with an error: in every field of every form of the shop."""
    a = sides.a
    forms = {
        "/signin": ["contact", "next"],
        "/lookup": ["number", "secret"],
        "/me/profile": ["name", "birthday", "locale"],
        "/me/accounts": ["label", "value"],
        "/me/contacts": ["contact"],
        f"/o/{a.first_number}/claim": ["text", "reason", "code"],
        "/signin/password": ["contact", "password", "next"],
    }
    for path, fields in forms.items():
        for client in (a.first, a.stranger):
            answer = client.post(path, dict.fromkeys(fields, ATTACK))
            assert answer.status_code < 500, path
            assert read(answer.content.decode()).runs == [], path
    sku = str(a.shop.demo.skus["kw-50"])
    sent = {
        "p": "kuwan-coin",
        "sku": sku,
        "qty": ATTACK,
        "method": ATTACK,
        "contact": ATTACK,
        "title": ATTACK,
        "tax_id": ATTACK,
    }
    assert read(a.stranger.post("/checkout", sent).content.decode()).runs == []
    for field in ("username", "password", "token", "next"):
        answer = Client().post("/console/signin", {field: ATTACK, "username": ATTACK})
        assert read(answer.content.decode()).runs == [], field


def test_structured_data_cannot_be_left(sides: Sides) -> None:
    poison()
    page = sides.a.stranger.get("/p/kuwan-coin").content.decode()
    for block in re.findall(r"<script[^>]*ld\+json[^>]*>(.*?)</script>", page, re.DOTALL):
        assert "<" not in block
    for path in ("/sitemap.xml", "/manifest.webmanifest"):
        text = sides.a.stranger.get(path).content.decode()
        assert "<svg" not in text or path.endswith("webmanifest"), path


def test_a_picture_to_share_takes_any_words(sides: Sides) -> None:
    poison()
    answer = sides.a.stranger.get("/share/p/kuwan-coin.png")
    assert answer.content.startswith(b"\x89PNG")


# -- files and mails --------------------------------------------------------------------------------

FORMULAS = [
    "=1+1",
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil")',
]
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def calculates(path: Path) -> list[str]:
    """What a spreadsheet would calculate, or follow, in this file."""
    if path.suffix == ".csv":
        cells = [cell for row in csv.reader(io.StringIO(path.read_text("utf-8-sig"))) for cell in row]
        return [cell for cell in cells if cell.startswith(DANGEROUS) and not re.fullmatch(r"-?[\d.]+", cell)]
    with zipfile.ZipFile(path) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/")]
    assert sheets
    return [found for sheet in sheets for found in re.findall(r"<f[ >].*?</f>|<hyperlink\b", sheet)]


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_no_file_calculates_what_people_wrote(sides: Sides, file_format: str) -> None:
    """Every list of the console, with every column, as a file."""
    proved(sides.a.id)
    staff = next(one for one in identity.staff_of_shop(sides.a.id) if one.role == "owner")
    for formula in FORMULAS:
        sql("SET session_replication_role = replica")
        sql("UPDATE orders_order SET external_ref = %s || substr(number, 1, 16)", [formula])
        sql("UPDATE orders_line SET title = %s", [formula])
        sql("UPDATE payments_account SET name = %s", [formula])
        sql("UPDATE payments_case SET resolution = %s", [formula])
        sql("SET session_replication_role = DEFAULT")
        for key, listing in REGISTRY.items():
            columns = [column.key for column in listing.columns if column.exported]
            now = utc_now()
            export_id = start_export(
                shop_id=sides.a.id,
                staff_id=staff.id,
                listing=key,
                query="",
                columns=columns,
                file_format=file_format,
                locale="zh-hans",
                actor="test",
                now=now,
            )
            write_export(
                shop_id=sides.a.id,
                export_id=export_id,
                staff_id=staff.id,
                listing_key=key,
                query="",
                columns=columns,
                file_format=file_format,
                locale="zh-hans",
                state="waiting",
                now=now,
            )
            from_disk = sql("SELECT state FROM console_export WHERE id = %s", [export_id])
            assert from_disk == [("done",)], (key, formula)
            assert calculates(export_path(export_id, file_format)) == [], key


def test_files_of_buyers_calculate_nothing(sides: Sides, box: Mailbox) -> None:
    a = sides.a
    prove(a.first, box)
    for formula in FORMULAS:
        sql("SET session_replication_role = replica")
        sql("UPDATE orders_line SET title = %s", [formula])
        sql("SET session_replication_role = DEFAULT")
        text = a.first.post(f"/o/{a.first_number}/download", {"format": "csv"}).content.decode("utf-8-sig")
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        assert len(cells) == 8
        assert not [cell for cell in cells if cell.startswith(DANGEROUS)], cells


def test_the_file_of_ones_own_data_is_text(sides: Sides, box: Mailbox) -> None:
    a = sides.a
    written_by_forms(a, box)
    poison()
    prove(a.first, box)
    answer = a.first.post("/me/data/export", {"codes": "1"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        assert sorted(file.namelist()) == ["data.html", "data.json"]
        page = read(file.read("data.html").decode())
    assert page.runs == []
    assert page.shown > 0


def test_mails_are_text(sides: Sides) -> None:
    """Every scene, with the attack as the shop's name and in the words of the order."""
    poison()

    order = {"number": "G1", "title": f"{ATTACK}\r\nBcc: x@evil.example", "url": f"/o/G1{ATTACK}"}
    for name in SCENES:
        for context in (None, {"order": order, "lines": [{"title": ATTACK}]}):
            try:
                said = preview(shop_id=sides.a.id, scene=name, channel="email", language="zh", context=context)
            except TemplateInvalid:
                # Not every scene is about an order.
                assert context
                continue
            assert not re.search(r"[\r\n]", said.subject), name
            page = read(said.html)
            assert [run for run in page.runs if "xss" in run] == [], name
