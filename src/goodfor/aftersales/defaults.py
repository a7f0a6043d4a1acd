"""The decision table that every shop begins with (version 0). Pure.

How it is meant, from above: what is no matter of the promise; what nobody has seen goes back at once; what the supplier
of the code says decides, as far as it can be asked and tells enough; then what other buyers of the same batch proved;
then the buyer's own standing, with small amounts believed, and few times. An objection is looked at by a person, unless
the supplier, asked once more, says something that settles it. Amounts are in minor units (100 = one yuan).
"""

from typing import Any, Final

from goodfor.aftersales.states import ASK_BUYER, ASK_SUPPLIER, REFUND, REJECT, REPLACE, TO_PERSON, VOID_REFUND
from goodfor.aftersales.types import Rule

#: What a person looks at where nothing is proven; what a buyer of good standing, and what a new one, is believed for.
LARGE: Final = 100_000
SMALL: Final = 20_000
FIRST: Final = 10_000
BAD: Final = ("invalid", "voided", "expired")
#: The supplier told nothing that decides: it cannot be asked (``), did not answer, or only says that it is locked.
DARK: Final = ("", "silent", "locked")
FAULTS: Final = ("invalid", "used", "expired", "wrong")
#: Rejections that speak against the buyer; the others only say that it is no matter of the promise.
AGAINST: Final = ("used_after", "was_shown", "repeat", "staff_reject", "staff_final")

_IS_CODE: Final[dict[str, dict[str, Any]]] = {"kind": {"is": "code"}}
_MIND: Final[dict[str, dict[str, Any]]] = {"reason": {"is": "changed_mind"}}
_NEW_ONE: Final[dict[str, dict[str, Any]]] = {
    "first": {"is": "replace"},
    "replaceable": {"is": True},
    "replaced_before": {"is": False},
}
#: At least three orders before, hardly ever doubtful, and not much so far.
_GOOD: Final[dict[str, dict[str, Any]]] = {
    "buyer_orders": {"min": 3},
    "doubt": {"max": 5},
    "amount_minor": {"max": SMALL},
    "buyer_back_minor": {"max": SMALL},
}
#: Who buys a lot, as shops that buy here do: what was given back in all says nothing then.
_REGULAR: Final[dict[str, dict[str, Any]]] = {
    "buyer_orders": {"min": 100},
    "doubt": {"max": 2},
    "amount_minor": {"max": SMALL},
}
_ONCE: Final[dict[str, dict[str, Any]]] = {
    "buyer_trusted": {"max": 0},
    "buyer_refused": {"max": 0},
    "amount_minor": {"max": FIRST},
}
_BATCH: Final[dict[str, dict[str, Any]]] = {
    "reason": {"in": list(FAULTS)},
    "batch_bad": {"min": 2},
    "batch_share": {"min": 30},
}


def _said(*words: str) -> dict[str, dict[str, Any]]:
    return {"code_said": {"is": words[0]} if len(words) == 1 else {"in": list(words)}}


def _both(name: str, why: str, *conditions: dict[str, dict[str, Any]], proven: bool = False) -> tuple[Rule, Rule]:
    """The same twice: a new code where the promise says so and there is one, else the money."""
    when: dict[str, dict[str, Any]] = {}
    for condition in conditions:
        when |= condition
    return (
        Rule(f"{name}_replace", {**when, **_NEW_ONE}, REPLACE, f"{why}_replaced", proven),
        Rule(f"{name}_refund", when, REFUND, f"{why}_refunded", proven),
    )


RULES: Final[tuple[Rule, ...]] = (
    # No matter of the promise.
    Rule("payment", {"disputed_payment": {"is": True}}, TO_PERSON, "payment_disputed"),
    Rule("late_objected", {"within_promise": {"is": False}, "objection": {"is": True}}, TO_PERSON, "second_look"),
    Rule("late", {"within_promise": {"is": False}}, REJECT, "too_late"),
    Rule("excluded_objected", {"covered": {"is": False}, "objection": {"is": True}}, TO_PERSON, "second_look"),
    Rule("excluded", {"covered": {"is": False}}, REJECT, "not_covered"),
    # The shop called it back: nobody has to prove anything.
    *_both("recalled", "recalled", {**_IS_CODE, "recalled": {"is": True}, "reason": {"in": list(FAULTS)}}, proven=True),
    # Nobody has seen it: whatever the reason, the code is as good as new and so is the buyer's money.
    Rule("unseen", {**_IS_CODE, "seen": {"max": 0}, "at_once": {"is": True}}, REFUND, "unseen"),
    Rule("unseen_check", {**_IS_CODE, "seen": {"max": 0}}, TO_PERSON, "check_person"),
    # Top-ups: the proof decides.
    Rule("top_up_undone", {"kind": {"is": "direct"}, "topped": {"is": False}}, REFUND, "not_topped"),
    Rule("top_up_objected", {"kind": {"is": "direct"}, "objection": {"is": True}}, TO_PERSON, "second_look"),
    Rule("top_up_mind", {"kind": {"is": "direct"}, **_MIND}, REJECT, "top_up_final"),
    Rule("top_up_proved", {"kind": {"is": "direct"}}, REJECT, "topped_up"),
    # A mind that changed after looking: only what the supplier takes back.
    Rule("mind_partly", {**_MIND, "unseen": {"min": 1}}, REJECT, "choose_unseen"),
    Rule("mind_void", {**_MIND, **_said("unused"), "can_void": {"is": True}}, VOID_REFUND, "mind_taking_back"),
    Rule(
        "mind_ask",
        {**_MIND, **_said(""), "can_ask": {"is": True}, "can_void": {"is": True}},
        ASK_SUPPLIER,
        "asking",
    ),
    Rule("mind_bad", {**_MIND, **_said(*BAD, "used_before")}, REFUND, "bad_refunded", proven=True),
    Rule("mind_objected", {**_MIND, "objection": {"is": True}}, TO_PERSON, "second_look"),
    Rule("mind_seen", _MIND, REJECT, "mind_seen"),
    # The supplier's word.
    *_both("bad", "bad", _said(*BAD), proven=True),
    *_both("used_early", "early", _said("used_before"), proven=True),
    *_both("expired", "expired", {"reason": {"is": "expired"}, "expired": {"is": True}}, proven=True),
    Rule("unused_void", {**_said("unused"), "can_void": {"is": True}}, VOID_REFUND, "taking_back"),
    Rule("ask", {**_said(""), "can_ask": {"is": True}}, ASK_SUPPLIER, "asking"),
    # What other buyers of the batch proved; against a supplier's word it is not proof enough to claim on them.
    *_both("batch", "batch", _BATCH, _said(*DARK, "used"), proven=True),
    *_both("batch_unused", "batch", _BATCH, _said("unused")),
    Rule("objected", {"objection": {"is": True}}, TO_PERSON, "second_look"),
    Rule("used_late", _said("used_after"), REJECT, "used_after"),
    Rule("was_shown", {"reason": {"is": "not_received"}, "seen": {"min": 1}}, REJECT, "was_shown"),
    Rule("repeat", {"buyer_refused": {"min": 2}, "doubt": {"min": 20}}, REJECT, "repeat"),
    Rule("mixed", _said("mixed"), TO_PERSON, "check_person"),
    Rule("large", {"amount_minor": {"min": LARGE}}, TO_PERSON, "large"),
    # The supplier says that it is good: another one would be a second code for the price of one.
    Rule("unused_other", {**_said("unused"), "reason": {"is": "wrong"}}, TO_PERSON, "check_person"),
    Rule("unused_kept", _said("unused"), REJECT, "still_valid"),
    # Standing. Of a code that was used, nobody knows when, only a buyer of good standing is believed.
    *_both("regular", "believed", _REGULAR),
    *_both("good", "believed", _GOOD),
    *_both("first_account", "first", _said(*DARK), {"account": {"is": True}, "buyer_orders": {"min": 1}}, _ONCE),
    *_both("first_picture", "first", _said(*DARK), {"pictures": {"min": 1}}, _ONCE),
    Rule(
        "picture",
        {**_said(*DARK), "pictures": {"max": 0}, "asked_buyer": {"is": False}, **_ONCE},
        ASK_BUYER,
        "need_picture",
    ),
    Rule("rest", {}, TO_PERSON, "check_person"),
)
