import re
from pathlib import Path

import pytest

import emiss
from emiss.ground import citations
from emiss.ground.errors import EmissError, UnknownNameError


def test_entries_are_complete_enough_to_cite():
    for key, entry in citations._library()[0].items():
        assert entry.fields.get("title"), key
        assert entry.fields.get("author") or entry.fields.get("collaboration"), key
        assert re.fullmatch(r"(19|20)\d\d", entry.fields["year"]), key
        standing = entry.kind in {"book", "techreport", "inproceedings"}
        assert "eprint" in entry.fields or "journal" in entry.fields or standing, key


def test_arxiv_keys_agree_with_their_eprint():
    for key, entry in citations._library()[0].items():
        if key.startswith("arXiv:"):
            assert entry.fields["eprint"] == key.removeprefix("arXiv:")


def test_known_entry_against_the_printed_reference():
    # Tsai, Rev. Mod. Phys. 46 (1974) 815.
    assert citations.describe(["Tsai:1973py"]) == (
        "Tsai, Rev. Mod. Phys. 46 (1974) 815: "
        "Pair Production and Bremsstrahlung of Charged Leptons",
    )


def test_one_work_under_several_names_is_written_once():
    names = ["arXiv:1906.00176", "1906.00176", "NA64:2019imj", "Tsai:1973py"]
    assert citations.canonical_keys(names) == ("NA64:2019imj", "Tsai:1973py")
    assert citations.bibtex(names).count("@article{") == 2


def test_written_bibtex_reads_back_unchanged():
    entries = citations._library()[0]
    again = citations.parse_bibtex(citations.bibtex(citations.keys()))
    assert list(again) == list(entries)
    for key, entry in again.items():
        expected = {k: v for k, v in entries[key].fields.items() if k != "ids"}
        assert (entry.kind, entry.fields) == (entries[key].kind, expected)


def test_unknown_key_names_the_nearest():
    with pytest.raises(UnknownNameError, match="Did you mean 'Tsai:1973py'"):
        citations.bibtex(["Tsai:1973yp"])


def test_no_keys_give_an_empty_bibliography():
    assert citations.bibtex([]) == ""
    assert citations.describe([]) == ()


def test_generators_are_accepted():
    assert citations.canonical_keys(k for k in ["Tsai:1973py"]) == ("Tsai:1973py",)
    assert citations.bibtex(k for k in ["Tsai:1973py"]).startswith("@article{Tsai:1973py")


def test_parser_reads_quotes_braces_numbers_and_accents():
    text = 'comment\n@book{a:1, title = {One {Two} "x"}, author = "M\\"uller, A.", year = 1999,}'
    entry = citations.parse_bibtex(text)["a:1"]
    assert (entry.kind, entry.fields["year"]) == ("book", "1999")
    assert entry.fields["title"] == 'One {Two} "x"'
    # A plain \" inside quotes is an accent, as the shipped entries have it.
    assert entry.fields["author"] == 'M\\"uller, A.'
    assert entry.plain("title") == 'One Two "x"'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('@article{a, title = "open', "not closed"),
        ('@article{a, title = "x"', "entry 'a' is not closed"),
        ('@article{a, year = "1"}\n@article{a, year = "2"}', "given twice"),
    ],
)
def test_broken_bibtex_is_refused(text, problem):
    with pytest.raises(EmissError, match=problem):
        citations.parse_bibtex(text)


def test_every_key_cited_in_the_code_is_in_the_bibliography():
    cited = set()
    for file in Path(emiss.__file__).parent.rglob("*.py"):
        for block in re.findall(r"^ *CITATIONS\b[^=\n]*= \((.*?)\)", file.read_text(), re.S | re.M):
            cited |= set(re.findall(r'"([^"]+)"', block))
    assert cited, "no CITATIONS found: the pattern is wrong"
    missing = sorted(cited - set(citations._library()[1]))
    assert missing == []


@pytest.mark.parametrize(
    ("method", "own", "not_his"),
    [
        ("cls", "Read:2002hq", "Feldman:1997qc"),
        ("fc", "Feldman:1997qc", "Read:2002hq"),
        ("fc-raw", "Feldman:1997qc", "Read:2002hq"),
        ("bayes", "Cousins:1991qz", "Feldman:1997qc"),
        ("asymptotic", "Cowan:2010js", "Feldman:1997qc"),
        ("toys", "Cowan:2010js", "Feldman:1997qc"),
    ],
)
def test_a_method_is_cited_with_its_paper(method, own, not_his):
    found = emiss.limit("na64e-2016", masses=[0.01], method=method).citations
    assert own in found
    assert not_his not in found
