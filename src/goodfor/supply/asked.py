"""What a top-up asks of the buyer, under names that hold for every supplier of it, and whom a filled form fits. Pure.

Suppliers call the same thing by keys and words of their own (`recharge_account`, `lblName1`, 充值账号). What the buyer
fills in is kept by what it means, so that the next supplier can be given it too: where it does not fit, he is not
asked. What is chosen is kept by its words, since each supplier sends values of his own for them.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from goodfor.supply.formats import NAMES, SOFT, filled_in, normal, problems_of
from goodfor.supply.providers.values import FormField

ACCOUNT: Final = "account"
#: The account typed twice: not asked of the buyer, who sees it checked and once more before paying.
AGAIN: Final = "account_again"
_CHOSEN: Final = frozenset({"choice", "choices", "cascade"})
_WORDS: Final = (
    (AGAIN, re.compile(r"确认|再次|重复|再输|confirm|again|repeat", re.IGNORECASE)),
    ("server", re.compile(r"服务器|区服|游戏服|server", re.IGNORECASE)),
    ("zone", re.compile(r"大区|分区|游戏区|所在区|地区|区域|区$|zone|region|area", re.IGNORECASE)),
    ("role", re.compile(r"角色|昵称|role|nick", re.IGNORECASE)),
    ("id_card", re.compile(r"身份证|证件", re.IGNORECASE)),
    ("person", re.compile(r"姓名|真实名|收货人", re.IGNORECASE)),
    (ACCOUNT, re.compile(r"账号|帐号|账户|手机|电话|号码|qq|微信|邮箱|account|phone|mobile|mail|uid", re.IGNORECASE)),
)  # fmt: skip
#: Kinds of account that a label may speak of; one without a format of its own only says that there is another kind.
_KINDS: Final = (
    ("mobile", re.compile(r"手机|mobile", re.IGNORECASE)),
    ("qq", re.compile(r"qq", re.IGNORECASE)),
    ("email", re.compile(r"邮箱|e-?mail", re.IGNORECASE)),
    ("-", re.compile(r"微信|wechat|账[号户]|帐号|或|/", re.IGNORECASE)),
)
_GAPS: Final = re.compile(r"[\s:：（）()]+")
MAX_FIELDS: Final = 12


def form_in(terms: Mapping[str, Any]) -> tuple[FormField, ...]:
    """The form of an item, from what is kept of it (`mapping.terms_of`)."""
    return tuple(
        FormField(**{**one, "options": tuple((str(value), str(words)) for value, words in one.get("options") or ())})
        for one in (terms.get("form") or ())[:MAX_FIELDS]
    )


def named(form: Sequence[FormField]) -> dict[str, FormField]:
    """What each field means -> the field. Of two with one meaning the second is another thing."""
    found: dict[str, FormField] = {}
    for asked in form:
        name = _meaning(asked)
        found[name if name not in found else f"{name}_{len(found) + 1}"] = asked
    if ACCOUNT not in found:
        # Whatever it is called: a top-up goes to somebody, and he is named first.
        first = next((name for name, asked in found.items() if asked.type in ("text", "number")), None)
        found = {ACCOUNT if name == first else name: asked for name, asked in found.items()}
    return found


def _meaning(asked: FormField) -> str:
    words = f"{asked.label} {asked.key}"
    for name, pattern in _WORDS:
        if pattern.search(asked.label) or (name != "zone" and pattern.search(words)):
            return name
    told = _GAPS.sub("", asked.label or asked.key).casefold()
    return "f_" + hashlib.sha256(told.encode()).hexdigest()[:10]


def common_form(form: Sequence[FormField]) -> tuple[FormField, ...]:
    """The form as the buyer sees it: keys are meanings, choices are words."""
    return tuple(
        replace(
            asked, key=name, format=_format(asked), options=tuple((words, words) for _value, words in asked.options)
        )
        for name, asked in named(form).items()
        if name != AGAIN
    )


def _format(asked: FormField) -> str:
    """As the supplier names it, else as its label says, where that speaks of one kind of account alone."""
    if asked.format or asked.regex or asked.type != "text":
        return asked.format
    found = [name for name, pattern in _KINDS if pattern.search(asked.label)]
    return found[0] if len(found) == 1 and found[0] in NAMES else ""


def fitted(form: Sequence[FormField], filled: Mapping[str, str]) -> dict[str, list[str | None]] | None:
    """How this supplier is told what the buyer filled in: his key -> (meaning, format, value of a choice).

    None: it does not fit his form. What he does not ask for is not told him.
    """
    if filled and not form:
        return None
    pins: dict[str, list[str | None]] = {}
    for name, asked in named(form).items():
        meant = ACCOUNT if name == AGAIN else name
        if not filled.get(meant):
            continue
        sent = _sent(asked, filled[meant]) if asked.type in _CHOSEN else None
        style = "password" if asked.type in ("password", "image") else asked.format or "any"
        pins[asked.key] = [meant, style, sent]
    problems = problems_of(form, told(pins, filled))
    return None if any(problem not in SOFT for problem in problems.values()) else pins


def told(pins: Mapping[str, Sequence[str | None]], filled: Mapping[str, str]) -> dict[str, str]:
    """The form as it is sent, by the supplier's keys."""
    found = {}
    for key, (meant, style, sent) in pins.items():
        value = filled.get(meant or "", "")
        if sent is not None:
            found[key] = sent
        elif value:
            found[key] = value if style == "password" else normal(style or "any", value)
    return found


def _sent(asked: FormField, words: str) -> str:
    """The supplier's values of what was chosen; words that he does not have stay, and do not fit."""
    by_words = {shown: value for value, shown in asked.options}
    if words in by_words or asked.type != "choices":
        return by_words.get(words, words)
    return ",".join(by_words.get(one.strip(), one.strip()) for one in words.split(","))


def judged(form: Sequence[FormField], filled: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """(as it is kept, name -> what is wrong with it) of a common form, without findings that are mere questions."""
    problems = {name: word for name, word in problems_of(form, filled).items() if word not in SOFT}
    return filled_in(form, filled), problems
