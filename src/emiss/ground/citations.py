"""The literature behind a result: BibTeX and one-line descriptions of the keys in ``CITATIONS``.

>>> describe(["Tsai:1973py"])[0]
'Tsai, Rev. Mod. Phys. 46 (1974) 815: Pair Production and Bremsstrahlung of Charged Leptons'
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .errors import EmissError, UnknownNameError
from .shipped import shipped_text

__all__ = ["Reference", "bibtex", "canonical_keys", "describe", "keys", "parse_bibtex"]


@dataclass(frozen=True, slots=True)
class Reference:
    """One bibliography entry.

    Parameters
    ----------
    key : str
        Citation key.
    kind : str
        Entry type, e.g. ``"article"``.
    fields : mapping of str to str
        Field values without their outer quotes, inner braces kept.
    """

    key: str
    kind: str
    fields: Mapping[str, str]

    def plain(self, name: str) -> str:
        """Field as plain text, without TeX braces and accents; empty if absent."""
        return _plain(self.fields.get(name, ""))


# An entry head; field values are then read by matching delimiters, which a pattern cannot do.
_HEAD = re.compile(r"@(\w+)\s*\{\s*([^,\s]+)\s*,")
_FIELD = re.compile(r"\s*([A-Za-z_-]+)\s*=\s*")
_ACCENTS = {
    '\\"a': "ä",
    '\\"o': "ö",
    '\\"u': "ü",
    '\\"U': "Ü",
    "\\o{}": "ø",
    "\\rho": "ρ",
    "\\'a": "á",
    "\\'e": "é",
    "\\'i": "í",
    "\\'o": "ó",
}


def _plain(text: str) -> str:
    for tex, letter in _ACCENTS.items():
        text = text.replace(tex, letter)
    text = text.replace("\\to", "→").replace("--", "-")
    return re.sub(r"\s+", " ", re.sub(r"[{}$]", "", text)).strip()


def _value_end(text: str, start: int) -> int:
    """Index just behind the field value that begins at ``start`` with a quote or a brace."""
    depth = 0
    quoted = text[start] == '"'
    for index in range(start, len(text)):
        char = text[index]
        if char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0 and not quoted:
                return index + 1
        # An accent such as \"a is no closing quote.
        elif char == '"' and quoted and depth == 0 and index > start and text[index - 1] != "\\":
            return index + 1
    raise EmissError(f"bibliography: the field value at character {start} is not closed.")


def _fields(text: str, position: int) -> tuple[dict[str, str], int]:
    fields: dict[str, str] = {}
    while match := _FIELD.match(text, position):
        start = match.end()
        if text[start] in '"{':
            end = _value_end(text, start)
            value = text[start + 1 : end - 1]
        else:
            end = start + len(re.match(r"\w*", text[start:])[0])  # type: ignore[index]
            value = text[start:end]
        fields[match[1]] = value
        position = end
        if separator := re.compile(r"\s*,").match(text, position):
            position = separator.end()
    return fields, position


def parse_bibtex(text: str) -> dict[str, Reference]:
    """Read BibTeX entries; text between entries is comment.

    Parameters
    ----------
    text : str
        BibTeX with quoted or braced values; no ``@string`` macros.

    Returns
    -------
    dict of str to Reference
        Entries by key, in the order of the text.

    Raises
    ------
    EmissError
        If a value or an entry is not closed, or a key is given twice.
    """
    found: dict[str, Reference] = {}
    position = 0
    while head := _HEAD.search(text, position):
        fields, position = _fields(text, head.end())
        if not (end := re.compile(r"\s*\}").match(text, position)):
            raise EmissError(f"bibliography: entry '{head[2]}' is not closed.")
        if head[2] in found:
            raise EmissError(f"bibliography: the key '{head[2]}' is given twice.")
        found[head[2]] = Reference(head[2], head[1], fields)
        position = end.end()
    return found


@functools.cache
def _library() -> tuple[dict[str, Reference], dict[str, str]]:
    """Shipped entries, and every name under which one is found."""
    text = shipped_text("references.bib")
    entries = parse_bibtex(text)
    names: dict[str, str] = {}
    for key, entry in entries.items():
        others = entry.fields.get("ids", "").split()
        if "eprint" in entry.fields:
            others += [f"arXiv:{entry.fields['eprint']}", entry.fields["eprint"]]
        for name in others:
            names.setdefault(name, key)
    names.update({key: key for key in entries})
    return entries, names


def keys() -> tuple[str, ...]:
    """All keys of the shipped bibliography."""
    return tuple(_library()[0])


def canonical_keys(cited: Iterable[str]) -> tuple[str, ...]:
    """Bibliography keys for names that may also be arXiv numbers, each once, in first-seen order.

    Parameters
    ----------
    cited : iterable of str
        Keys, arXiv numbers with or without ``arXiv:``, or other known names of an entry.

    Returns
    -------
    tuple of str
        Keys as they stand in the bibliography.

    Raises
    ------
    UnknownNameError
        If a name is not in the bibliography.
    """
    entries, names = _library()
    found: dict[str, None] = {}
    for name in cited:
        if name not in names:
            raise UnknownNameError("citation key", name, entries)
        found[names[name]] = None
    return tuple(found)


def bibtex(cited: Iterable[str]) -> str:
    """BibTeX of the given works.

    Parameters
    ----------
    cited : iterable of str
        Keys or arXiv numbers; repeated ones are written once.

    Returns
    -------
    str
        One entry per work, ready for a ``.bib`` file; empty for no keys.

    Raises
    ------
    UnknownNameError
        If a name is not in the bibliography.
    """
    entries = _library()[0]
    return "\n".join(_format(entries[key]) for key in canonical_keys(cited))


def _format(entry: Reference) -> str:
    # Braces, not quotes: a bare accent such as \" would end a quoted value.
    lines = [f"    {k} = {{{v}}}" for k, v in entry.fields.items() if k != "ids"]
    return f"@{entry.kind}{{{entry.key},\n" + ",\n".join(lines) + "\n}\n"


def describe(cited: Iterable[str]) -> tuple[str, ...]:
    """One line per work: authors, where it appeared, title.

    Parameters
    ----------
    cited : iterable of str
        Keys or arXiv numbers.

    Returns
    -------
    tuple of str
        Plain text, one line per work.

    Raises
    ------
    UnknownNameError
        If a name is not in the bibliography.
    """
    entries = _library()[0]
    return tuple(_describe(entries[key]) for key in canonical_keys(cited))


def _describe(entry: Reference) -> str:
    people = [name.split(",")[0].strip() for name in entry.plain("author").split(" and ")]
    collaboration = entry.plain("collaboration")
    if collaboration:
        who = collaboration if "Group" in collaboration else f"{collaboration} Collaboration"
    elif "others" in people or len(people) > 3:
        who = f"{people[0]} et al."
    else:
        who = " and ".join(filter(None, [", ".join(people[:-1]), people[-1]]))
    year = entry.plain("year")
    where = f"{entry.plain('journal') or entry.plain('publisher')}"
    volume = entry.plain("volume")
    where = f"{where} {volume} ({year}) {entry.plain('pages')}" if volume else f"{where} ({year})"
    parts = [where.strip()] if entry.plain("journal") or entry.plain("publisher") else []
    if "eprint" in entry.fields:
        parts.append(f"arXiv:{entry.plain('eprint')}")
    return f"{who}, {', '.join(parts)}: {entry.plain('title')}"
