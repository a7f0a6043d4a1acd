"""Templates: bounded, escaped, known names only; what ships is whole; previews and versions."""

import time
from typing import Any

import pytest

from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.notify import queries
from goodfor.notify.errors import TemplateInvalid
from goodfor.notify.operations.drop_template import drop_template
from goodfor.notify.operations.preview import preview
from goodfor.notify.operations.save_template import WORDS, save_template
from goodfor.notify.rendering.content import rendered
from goodfor.notify.rendering.defaults import default_draft
from goodfor.notify.rendering.liquid import TemplateProblem, check, render
from goodfor.notify.scenes import CHANNELS, LANGUAGES, SAMPLE_SHOP, SCENES, variables_of
from goodfor.notify.tests.world import ACTOR, World, address, at_once, rows
from goodfor.notify.types import Draft, Recipient

ORDER = variables_of(SCENES["order_delivered"])

HOSTILE = {
    "endless": "{% for i in (1..1000000000) %}x{% endfor %}",
    "backwards": "{% for i in (1..1000000000) reversed %}x{% endfor %}",
    "offset": "{% for i in (1..1000000000) limit:2 offset: 999999990 %}x{% endfor %}",
    "contains": "{% if (1..1000000000) contains 'x' %}{% endif %}",
    "assigned range": "{% assign r = (1..1000000000) %}{{ r | join: ',' }}",
    "doubling": "{% assign a = 'xxxxxxxxxxxxxxxx' %}" + "{% assign a = a | append: a %}" * 40,
    "capturing": "{% capture a %}xxxxxxxx{% endcapture %}" + "{% capture a %}{{a}}{{a}}{% endcapture %}" * 40,
    "replace": "{% assign a = 'xxxx' %}{{ a | replace: 'x', a }}",
    "times": "{% assign n = 9 %}" + "{% assign n = n | times: n %}" * 50,
    "braces": "{{" * 8000,
    "unclosed": "{{ order.number",
    "nesting": "{% if order %}" * 500,
    "brackets": "{{ order" + "[order" * 4000 + " }}",
    "include": "{% include '/etc/passwd' %}",
    "render": "{% render 'secrets' %}",
    "date": "{{ order.paid_at | date: '%999999999d' }}",
    "safe": "{{ order.title | safe }}",
    "long": "x" * 20_000,
    "many marks": "{{ shop.name }}" * 1000,
    "nul": "a\0b",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_template_is_bounded(name: str) -> None:
    began = time.monotonic()
    with pytest.raises(TemplateProblem):
        render(HOSTILE[name], {"order": {"number": "1", "paid_at": "2026"}, "lines": []}, ORDER)
    assert time.monotonic() - began < 2


def test_loops_over_real_lists_are_bounded() -> None:
    lines = [{"title": "t", "quantity": "1"}] * 200
    source = "{% for a in lines %}{% for b in lines %}{{ b.title }}{% endfor %}{% endfor %}"
    with pytest.raises(TemplateProblem, match="too_much_work"):
        render(source, {"lines": lines}, ORDER)
    assert render("{% for a in lines %}{{ a.title }}{% endfor %}", {"lines": lines}, ORDER) == "t" * 200


@pytest.mark.parametrize(
    ("source", "reason", "name"),
    [
        ("{{ nope }}", "unknown_variable", "nope"),
        ("{{ order.nope }}", "unknown_variable", "order.nope"),
        ("{{ order.number.deep }}", "unknown_variable", "order.number.deep"),
        ("{% for line in lines %}{{ line.nope }}{% endfor %}", "unknown_variable", "line.nope"),
        (
            "{% for line in lines %}{% for c in line.codes %}{{ c.nope }}{% endfor %}{% endfor %}",
            "unknown_variable",
            "c",
        ),
        ("{% if false %}{{ order.nope }}{% endif %}", "unknown_variable", "order.nope"),
        ("{% assign x = order %}{{ x.nope }}", "unknown_variable", "x.nope"),
        ("{% for line in lines %}{% endfor %}{{ line.title }}", "unknown_variable", "line"),
        ("{{ lines[0].nope }}", "unknown_variable", "lines[0].nope"),
        ("{{ order[shop.name] }}", "computed_name", "order"),
        ("{% for x in order %}{% endfor %}", "not_a_list", "order"),
        ("{{ order.number | upcase | nope }}", "filter_not_allowed", "nope"),
        ("{% nope %}", "syntax", ""),
        ("{{ codes }}", "unknown_variable", "codes"),
    ],
)
def test_what_the_scene_does_not_know_is_named(source: str, reason: str, name: str) -> None:
    with pytest.raises(TemplateProblem) as caught:
        check(source, ORDER)
    assert caught.value.reason == reason
    assert name in caught.value.name


@pytest.mark.parametrize(
    "source",
    [
        "{{ order.number | upcase | truncate: 5 }}",
        "{% assign first = lines | first %}{{ first.title }}",
        "{% assign n = order.number %}{{ n.size }}",
        "{{ lines[0].title }} {{ lines.first.title }} {{ lines.size }}",
        "{% for l in lines %}{{ forloop.index }}{% for c in l.codes %}{{ c.secret }}{% endfor %}{% endfor %}",
        "{% case order.number %}{% when '1' %}a{% else %}{{ shop.url }}{% endcase %}",
        "{% unless order.number == '' %}x{% endunless %}{% comment %}{{ anything }}{% endcomment %}",
        "{% capture x %}{{ order.number }}{% endcapture %}{{ x }}",
    ],
)
def test_what_is_useful_is_allowed(source: str) -> None:
    check(source, ORDER)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scene", SCENES)
def test_every_shipped_template_is_whole(scene: str, language: str) -> None:
    known = SCENES[scene]
    sample = {**known.sample, "shop": SAMPLE_SHOP}
    for channel in CHANNELS:
        if not any(channel in known.channels(audience) for audience in known.audiences):
            continue
        said = rendered(default_draft(scene, channel, language), channel, language, sample, variables_of(known))
        assert said.subject
        assert said.text
        assert "{{" not in said.text + said.subject + said.html
        assert bool(said.html) == (channel == "email")
        chinese = any("\u4e00" <= letter <= "\u9fff" for letter in _without_values(said.text, known.sample))
        assert chinese == (language == "zh"), said.text


def _without_values(text: str, sample: Any) -> str:
    values = sample.values() if isinstance(sample, dict) else sample if isinstance(sample, list) else [sample]
    for value in [SAMPLE_SHOP["name"], *values]:
        text = _without_values(text, value) if isinstance(value, dict | list) else text.replace(str(value), "")
    return text


def test_every_reason_has_words() -> None:
    assert all("%(name)s" in str(words) or str(words) for words in WORDS.values())


@pytest.mark.django_db
def test_a_template_is_saved_as_a_new_version(world: World) -> None:
    shop = world.shop_id
    draft = Draft(subject="您好 {{ order.number }}", body="<mj-text>{{ order.title }}</mj-text>")
    for number in (1, 2):
        view = save_template(
            shop_id=shop, scene="order_paid", channel="email", language="zh", draft=draft, actor=ACTOR, now=world.now
        )
        assert view.version == number
        world.later(1)
    assert [v.version for v in queries.template_history(shop, "order_paid", "email", "zh")] == [2, 1]
    assert queries.template(shop, "order_paid", "email", "zh").draft == draft
    assert queries.template(shop, "order_paid", "email", "en").version == 0
    back = drop_template(shop_id=shop, scene="order_paid", channel="email", language="zh", actor=ACTOR, now=world.now)
    assert back.version == 0
    actions = rows("SELECT action FROM kernel_audit WHERE shop_id = %s AND action LIKE 'notify.%%' ORDER BY id", [shop])
    assert [a for (a,) in actions] == ["notify.template_saved", "notify.template_saved", "notify.template_dropped"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("draft", "field", "reason"),
    [
        (Draft(body="{{ order.secret }}"), "body", "unknown_variable"),
        (Draft(subject="{{ nope }}", body="x"), "subject", "unknown_variable"),
        (Draft(body="<mj-text>x"), "body", "markup"),
        (Draft(body="<mj-include path='/etc/passwd' />"), "body", "markup_not_allowed"),
        (Draft(body="<mj-text><script>1</script></mj-text>"), "body", "markup_not_allowed"),
        (Draft(body="  "), "body", "empty"),
        (Draft(body="x", link="javascript:alert(1)"), "body", "link_not_web"),
        (Draft(body="x", params=(("a", "1"), ("a", "2"))), "params", "params_not_distinct"),
        (Draft(body="x", params=(("a b", "1"),)), "params", "param_name"),
        (Draft(body="x", params=(("a", "{{ nope }}"),)), "param a", "unknown_variable"),
        (Draft(body="x", vendor_template="a b"), "vendor_template", "vendor_template"),
    ],
)
def test_a_wrong_template_is_refused_and_nothing_changed(world: World, draft: Draft, field: str, reason: str) -> None:
    with pytest.raises(TemplateInvalid) as caught:
        save_template(
            shop_id=world.shop_id,
            scene="order_paid",
            channel="email",
            language="zh",
            draft=draft,
            actor=ACTOR,
            now=world.now,
        )
    assert (caught.value.data["field"], caught.value.data["reason"]) == (field, reason)
    assert rows("SELECT count(*) FROM notify_template") == [(0,)]
    assert rows("SELECT count(*) FROM kernel_audit WHERE action LIKE 'notify.%%'") == [(0,)]


@pytest.mark.django_db(transaction=True)
def test_versions_of_ten_threads_are_distinct(world: World) -> None:
    shop = world.shop_id
    draft = Draft(subject="s", body="b")
    ends = at_once(
        10,
        lambda _: (
            save_template(
                shop_id=shop, scene="order_paid", channel="sms", language="zh", draft=draft, actor=ACTOR, now=world.now
            ).version
        ),
    )
    assert sorted(ends) == list(range(1, 11))
    assert rows("SELECT count(*) FROM notify_template WHERE shop_id = %s AND valid_to IS NULL", [shop]) == [(1,)]


@pytest.mark.django_db
def test_a_preview_with_an_orders_data(world: World) -> None:
    context = {
        "order": {"number": "G1", "title": "<b>卡</b> & 券", "total": Money(123456789, "CNY"), "paid_at": world.now},
        "lines": [{"title": "卡", "quantity": 3, "price": Money(5, "CNY"), "codes": [{"number": "N", "secret": "S"}]}],
        "password": "p4ssw0rd-x",
    }
    shown = preview(shop_id=world.shop_id, scene="order_paid", channel="email", language="zh", context=context)
    assert shown.subject == "已收到付款：<b>卡</b> & 券"
    assert "¥1,234,567.89" in shown.text
    assert "p4ssw0rd-x" not in shown.html + shown.text
    draft = Draft(subject="{{ order.title }}", body="<mj-text>{{ order.title }} {{ order.paid_at }}</mj-text>")
    shown = preview(
        shop_id=world.shop_id, scene="order_paid", channel="email", language="zh", context=context, draft=draft
    )
    assert "&lt;b&gt;卡&lt;/b&gt; &amp; 券" in shown.html
    assert "<b>卡</b>" not in shown.html
    assert shown.text.startswith("<b>卡</b> & 券 20"), "plain text is plain"
    assert rows("SELECT count(*) FROM notify_template") == [(0,)]
    with pytest.raises(TemplateInvalid):
        preview(shop_id=world.shop_id, scene="order_paid", channel="email", language="zh", draft=Draft(body="{{ x }}"))


@pytest.mark.django_db
def test_the_sample_is_shown_without_data(world: World) -> None:
    for scene in SCENES:
        shown = preview(shop_id=world.shop_id, scene=scene, channel="email", language="en")
        assert shown.html
        assert queries.scene_variables(scene)
    assert "lines[].codes[].secret" in queries.scene_variables("order_delivered")
    assert "lines[].codes[].secret" not in queries.scene_variables("order_paid")


@pytest.mark.django_db(transaction=True)
def test_nobody_writes_headers_or_markup_into_a_mail(world: World) -> None:
    world.smtp()
    to = address()
    title = "券\r\nBcc: thief@evil.example\r\n\r\n<img src=x onerror=alert(1)>\u202e"
    name = 'Lin"\r\nBcc: thief@evil.example <x@evil.example>, '
    world.send(
        "order_delivered",
        [Recipient("email", to, name)],
        context={"order": {"number": "G1", "title": title, "url": '/o/G1"onmouseover="x'}, "lines": [{"title": title}]},
    )
    world.deliver()
    (letter,) = world.letters("smtp", to)
    content = letter["content"]
    names = [header.lower() for header, _ in content["headers"]]
    assert "bcc" not in names
    assert content["subject"].startswith("已发货：券 Bcc: thief@evil.example <img")
    assert "\u202e" not in content["subject"]
    assert world.letters("smtp", "thief@evil.example") == []
    assert content["to"].count("@") == 3, "the name is a quoted name"
    assert "<img" not in content["html"]
    assert "&lt;img" in content["html"]
    assert 'onmouseover="x' not in content["html"]


@pytest.mark.django_db(transaction=True)
def test_a_template_that_fails_when_sent_stops_nobody(world: World) -> None:
    """Saved while it rendered; the caller's transaction goes on, the log says why nothing went out."""
    world.smtp()
    source = "{% for a in lines %}{% for b in lines %}{{ b.title }}{% endfor %}{% endfor %}"
    save_template(
        shop_id=world.shop_id,
        scene="order_delivered",
        channel="email",
        language="zh",
        draft=Draft(subject="s", body=source),
        actor=ACTOR,
        now=world.now,
    )
    queued = world.send(
        "order_delivered", [Recipient("email", address())], context={"lines": [{"title": "t"}] * 200, "order": {}}
    )
    message = world.message(queued)
    assert (message.state, message.failure, message.has_content) == ("failed", "template", False)
    assert world.deliver() == 0


@pytest.mark.django_db
def test_unknown_scenes_are_refused(world: World) -> None:
    for scene, audience, language in (
        ("nope", "buyer", "zh"),
        ("order_paid", "staff", "zh"),
        ("order_paid", "buyer", "fr"),
    ):
        with pytest.raises(DomainError, match="notify_scene_unknown"):
            world.send(scene, [], audience=audience, language=language, context={})
