"""Record every number anew."""

from __future__ import annotations

from . import flat, recipes, write

if __name__ == "__main__":
    write({name: flat(make()) for name, make in recipes().items()})
