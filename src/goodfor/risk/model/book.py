"""The handbook's five models of chapter 3, as it runs them. For checking only: the product does not need scikit-learn.

Figures as published in "Reproducible Machine Learning for Credit Card Fraud Detection", chapter 3, Baseline modeling.
"""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from goodfor.risk.model.windows import Floats

LR: Final = "logistic regression"
TREE_2: Final = "decision tree, depth 2"
TREE: Final = "decision tree, unlimited"
FOREST: Final = "random forest, 100"
XGBOOST: Final = "XGBoost, exact"
ROWS: Final = (LR, TREE_2, TREE, FOREST, XGBOOST)
#: AUC, average precision, card precision at 100, on the split that begins on 2018-07-25.
PUBLISHED: Final[Mapping[str, tuple[float, float, float]]] = {
    LR: (0.871, 0.606, 0.291),
    TREE_2: (0.763, 0.496, 0.241),
    TREE: (0.788, 0.309, 0.243),
    FOREST: (0.867, 0.658, 0.287),
    XGBOOST: (0.862, 0.639, 0.273),
}


class NotInstalled(RuntimeError):
    """scikit-learn or XGBoost is not there."""


@dataclass(frozen=True, slots=True)
class BookRow:
    """One of them: trains on standardised inputs and scores."""

    name: str
    threads: int = 2

    def __call__(self, train: Floats, bad: NDArray[np.bool_], test: Floats) -> Floats:
        """Chances for the rows of `test`. Raises NotInstalled."""
        mean, spread = train.mean(axis=0), train.std(axis=0)
        spread[spread == 0] = 1.0
        model = self._model()
        model.fit((train - mean) / spread, bad)
        return np.asarray(model.predict_proba((test - mean) / spread)[:, 1], dtype=np.float64)

    def _model(self) -> Any:
        try:
            if self.name == XGBOOST:
                # Today's defaults (histograms, a base score from the data) give other figures than the book's.
                return importlib.import_module("xgboost").XGBClassifier(
                    random_state=0, n_jobs=self.threads, tree_method="exact", base_score=0.5
                )
            if self.name == LR:
                return importlib.import_module("sklearn.linear_model").LogisticRegression(random_state=0)
            if self.name == FOREST:
                return importlib.import_module("sklearn.ensemble").RandomForestClassifier(
                    random_state=0, n_jobs=self.threads
                )
            depth = 2 if self.name == TREE_2 else None
            return importlib.import_module("sklearn.tree").DecisionTreeClassifier(max_depth=depth, random_state=0)
        except ImportError as error:
            raise NotInstalled(str(error)) from error
