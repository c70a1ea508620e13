"""Record every number anew, or those of the recipes whose names hold one of the given words."""

from __future__ import annotations

import sys

from . import flat, read, recipes, write

if __name__ == "__main__":
    words = sys.argv[1:]
    chosen = {
        name: flat(make())
        for name, make in recipes().items()
        if not words or any(word in name for word in words)
    }
    kept = read() if words else {}
    write(
        {name: chosen.get(name) or kept[name] for name in recipes() if name in {**kept, **chosen}}
    )
