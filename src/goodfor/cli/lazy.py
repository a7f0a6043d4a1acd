"""Import at the moment of need: `--help` stays fast, and Django is set up only for commands that use it."""

import importlib
import os
from types import ModuleType
from typing import Any


def load(module: str) -> ModuleType:
    """Import `module` now. Raises ImportError as usual."""
    return importlib.import_module(module)


def attribute(path: str) -> Any:
    """Return `package.module:name`. Raises ImportError or AttributeError when it is not there."""
    module, _, name = path.partition(":")
    return getattr(load(module), name)


def setup_django() -> None:
    """Load settings and all apps. The environment (DATABASE_URL, key files) must be complete before."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodfor.config.settings")
    load("django").setup()
