"""`python -m goodfor`: the same as `./goodfor`, for processes that are already inside the environment."""

import sys

from goodfor.cli.main import run

if __name__ == "__main__":
    sys.exit(run())
