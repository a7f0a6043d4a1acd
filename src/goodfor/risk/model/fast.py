"""One row through LightGBM without what its Python costs: the C function for single rows, one handle a thread.

The library's Python does not offer it (LightGBM #6021), so it is called by ctypes; where that cannot be, the plain
way is taken. Both answer the same to the last bit.
"""

import ctypes
import threading
from typing import Any, Final

from goodfor.risk.model import boosting
from goodfor.risk.model.windows import Floats

_RAW_SCORE: Final = 1
_FLOAT64: Final = 1
_SETTINGS: Final = b"num_threads=1"


class _Handle:
    """What the C function keeps between calls; for one thread. Holds on to its booster, whose memory it reads."""

    __slots__ = ("_booster", "_config", "_lib", "_out", "_score")

    def __init__(self, booster: Any, width: int) -> None:
        self._booster = booster
        self._lib: Any = None
        lib = boosting.library().basic._LIB
        self._config = ctypes.c_void_p()
        self._out = ctypes.c_int64()
        self._score = ctypes.c_double()
        failed = lib.LGBM_BoosterPredictForMatSingleRowFastInit(
            booster._handle, ctypes.c_int(_RAW_SCORE), ctypes.c_int(0), ctypes.c_int(-1), ctypes.c_int(_FLOAT64),
            ctypes.c_int32(width), ctypes.c_char_p(_SETTINGS), ctypes.byref(self._config),
        )  # fmt: skip
        if failed:
            raise OSError("no handle for single rows")
        self._lib = lib

    def __call__(self, address: int) -> float:
        failed = self._lib.LGBM_BoosterPredictForMatSingleRowFast(
            self._config, ctypes.c_void_p(address), ctypes.byref(self._out), ctypes.byref(self._score)
        )
        if failed or self._out.value != 1:
            raise RuntimeError("LightGBM gave no score")
        return self._score.value

    def __del__(self) -> None:
        if self._lib is not None:
            self._lib.LGBM_FastConfigFree(self._config)


class RowScorer:
    """Log-odds of one row, (1, width), whose shape is not looked at on the way but here. For any number of threads."""

    __slots__ = ("_booster", "_local", "_width")

    def __init__(self, booster: Any, width: int) -> None:
        if booster.num_feature() != width:
            raise ValueError(f"a model of {booster.num_feature()} features, not of {width}")
        self._booster, self._width, self._local = booster, width, threading.local()

    def __call__(self, row: Floats) -> float:
        """The score. Raises ValueError for a row of another width or kind: it would be read past its end."""
        if row.size != self._width or row.dtype != float or not row.flags.c_contiguous:
            raise ValueError("not a row of this model")
        handle = getattr(self._local, "handle", None)
        if handle is None:
            handle = self._local.handle = self._handle()
        return float(handle(row.ctypes.data)) if handle is not _PLAIN else boosting.raw_score(self._booster, row)

    def _handle(self) -> Any:
        try:
            return _Handle(self._booster, self._width)
        except (AttributeError, OSError):
            # Another build of the library.
            return _PLAIN


_PLAIN: Final = object()
