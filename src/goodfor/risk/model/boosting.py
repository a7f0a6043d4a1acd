"""LightGBM, as far as the product uses it: trained over several seeds, kept as one text, asked in one thread.

Without the library (or without libgomp, which it needs) nothing can be trained or scored: rules only, and it is said.
"""

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np

from goodfor.risk.model.windows import Floats

#: Lines of a tree that hold outputs: those of a mean of boosters are divided by their number.
_OUTPUTS: Final = ("leaf_value", "internal_value", "shrinkage", "leaf_const", "leaf_coeff")
_END: Final = "end of trees"


class NoLightGBM(RuntimeError):
    """The library, or what it needs, is not on this machine."""

    def __init__(self) -> None:
        super().__init__("LightGBM cannot be loaded here (is libgomp installed?): rules only")


@dataclass(frozen=True, slots=True)
class Settings:
    """How a model is grown. The score is the mean of the raw scores over the seeds."""

    trees: int = 300
    leaves: int = 15
    rate: float = 0.03
    seeds: tuple[int, ...] = (1, 2, 3)
    feature_share: float = 0.7
    row_share: float = 0.8
    least_rows: int = 20
    penalty: float = 10.0

    def parameters(self, seed: int) -> dict[str, Any]:
        """As LightGBM names them; one thread and no choice by timing, so that equal input makes equal bytes."""
        return {
            "objective": "binary",
            "num_leaves": self.leaves,
            "learning_rate": self.rate,
            "feature_fraction": self.feature_share,
            "bagging_fraction": self.row_share,
            "bagging_freq": 1,
            "min_data_in_leaf": self.least_rows,
            "lambda_l2": self.penalty,
            "seed": seed,
            "num_threads": 1,
            "deterministic": True,
            "force_row_wise": True,
            "verbosity": -1,
        }


@cache
def library() -> Any:
    """The module `lightgbm`, loaded at the first need: it is heavy. None where it cannot be."""
    try:
        return importlib.import_module("lightgbm")
    except (ImportError, OSError):
        return None


def train(
    values: Floats,
    bad: Floats,
    *,
    weight: Floats | None = None,
    categorical: Sequence[int] = (),
    settings: Settings | None = None,
    tick: Callable[[float], None] = lambda _: None,
) -> str:
    """Text of a booster, trained over all seeds. `values`: (rows, features), NaN: not known. Raises NoLightGBM.

    `tick` hears, after each tree, which share of all is done.
    """
    gbm = library()
    if gbm is None:
        raise NoLightGBM
    chosen = settings or Settings()
    names = [f"f{number}" for number in range(values.shape[1])]
    texts: list[str] = []
    for turn, seed in enumerate(chosen.seeds):
        parameters = chosen.parameters(seed)
        data = gbm.Dataset(
            values, bad, weight=weight, feature_name=names, categorical_feature=list(categorical), params=parameters
        )
        heard = _heard(tick, turn / len(chosen.seeds), chosen.trees * len(chosen.seeds))
        texts.append(gbm.train(parameters, data, chosen.trees, callbacks=[heard]).model_to_string())
    return mean_of(texts)


def _heard(tick: Callable[[float], None], begun: float, trees: int) -> Callable[[Any], None]:
    return lambda told: tick(begun + (told.iteration + 1) / trees)


def mean_of(texts: Sequence[str]) -> str:
    """One booster whose raw score is the mean of the raw scores of these, which have the same features.

    Raises ValueError for a text that is no booster of LightGBM's version 4 of one class.
    """
    trees: list[str] = []
    head = ""
    for text in texts:
        top, mark, rest = text.partition("\n\nTree=")
        body, end, _ = rest.partition(_END)
        if not mark or not end or "version=v4" not in top or "num_tree_per_iteration=1\n" not in top:
            raise ValueError("not the text of a booster that is known here")
        head = head or top
        for tree in f"Tree={body}".split("Tree=")[1:]:
            lines = tree.rstrip("\n").split("\n")[1:]
            kept = "\n".join(_divided(line, len(texts)) for line in lines)
            trees.append(f"Tree={len(trees)}\n{kept}\n\n\n")
    lines = [line for line in head.split("\n") if not line.startswith("tree_sizes=")]
    sizes = " ".join(str(len(tree.encode())) for tree in trees)
    return "\n".join([*lines, f"tree_sizes={sizes}", "", ""]) + "".join(trees) + f"{_END}\n\npandas_categorical:null\n"


def _divided(line: str, by: int) -> str:
    name, _, values = line.partition("=")
    if by == 1 or name not in _OUTPUTS or not values:
        return line
    return f"{name}=" + " ".join(repr(float(value) / by) for value in values.split())


def booster(text: str) -> Any:
    """What can be asked. Raises NoLightGBM, or ValueError when the text is damaged."""
    gbm = library()
    if gbm is None:
        raise NoLightGBM
    try:
        return gbm.Booster(model_str=text)
    except gbm.basic.LightGBMError as error:
        raise ValueError(f"damaged model: {error}") from error


def raw_scores(of: Any, values: Floats) -> Floats:
    """Log-odds of many rows, in one thread."""
    return np.asarray(of.predict(values, raw_score=True, num_threads=1), dtype=np.float64)


def raw_score(of: Any, row: Floats) -> float:
    """Log-odds of one row, (1, features). The shape is not checked: tens of microseconds."""
    return float(of.predict(row, raw_score=True, num_threads=1, validate_features=False)[0])


def contributions(of: Any, row: Floats) -> Floats:
    """What each feature adds to the log-odds of one row; the last one is the mean of all."""
    found: Floats = np.asarray(of.predict(row, pred_contrib=True, num_threads=1), dtype=np.float64)
    return found.reshape(-1)
