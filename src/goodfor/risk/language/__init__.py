"""The language that rules are written in: bounded, typed, three-valued, and the same in Python and in PostgreSQL.

A rule is one expression over the features of a snapshot that is true or false: `orders_1h > 5 and not known(phone)`.
It has and, or, not, comparisons and chains of them, in and not in with a list of literals, + - * /, numbers, quoted
texts, true and false, names of features, and the functions of `functions`. Nothing else can be said, and nothing of it
can fail, loop or call anything.
"""

from goodfor.risk.language.explaining import Part
from goodfor.risk.language.expression import KEYS, Expression, compile_many, from_tree, parse
from goodfor.risk.language.functions import FUNCTIONS, Function
from goodfor.risk.language.nodes import ListReference

__all__ = [
    "FUNCTIONS", "KEYS", "Expression", "Function", "ListReference", "Part", "compile_many", "from_tree", "parse",
]  # fmt: skip
