"""Plain command lines are read as typer reads them, for each command with each of its options."""

import functools
import inspect
import typing

import pytest
from typer.models import ArgumentInfo

from emiss.presentation.cli.app import make_app
from emiss.presentation.cli.command import Command, discover
from emiss.presentation.cli.plain_words import read_plain

COMMANDS = {(one.group, one.name): one for one in discover() if not one.group}
LIMIT = COMMANDS["", "limit"]


def by_typer(command, words):
    """What typer hands to the command."""
    found = {}

    @functools.wraps(command.run)
    def recorder(**values):
        found.update(values)

    other = Command("other", recorder, command.panel)
    app = make_app((Command(command.name, recorder, command.panel), other))
    app(args=[command.name, *words], standalone_mode=False)
    return found


def declarations(command):
    hints = typing.get_type_hints(command.run, include_extras=True)
    hints.pop("return", None)
    return {name: (typing.get_args(hint)[0], hint.__metadata__[0]) for name, hint in hints.items()}


def names(info):
    return [text for text in (info.default, *(info.param_decls or ())) if isinstance(text, str)]


def words_for(name, kind, info, folder):
    """Something to type for an option or an argument."""
    text, word = str(kind), name.replace("_", "-")
    value = "2" if getattr(info, "parser", None) else str(folder / "new")
    if isinstance(info, ArgumentInfo):
        return [[value]]
    if kind is bool or text == "bool | None":
        typed = names(info) or [f"--{word}/--no-{word}"]
        return [[flag] for flag in typed[0].split("/")]
    typed = names(info) or [f"--{word}"]
    long = typed[-1]
    forms = [[typed[0], value], [f"{long}={value}"]]
    return [*forms, [long, value, long, value]] if "list" in text else forms


def without_default(command):
    parameters = inspect.signature(command.run).parameters.values()
    return {one.name for one in parameters if one.default is one.empty}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda one: one.name)
def test_each_option_is_read_as_typer_reads_it(command, tmp_path):
    needed = without_default(command)
    typed = {
        name: words_for(name, kind, info, tmp_path)
        for name, (kind, info) in declarations(command).items()
    }
    base = [word for name in typed if name in needed for word in typed[name][0]]
    read = 0
    for words in [[], *(words for name in typed if name not in needed for words in typed[name])]:
        mine = read_plain(command.run, [*base, *words])
        if mine is None:
            continue  # typer reads it, or refuses it
        read += 1
        theirs = by_typer(command, [*base, *words])
        assert mine == theirs
        assert {n: type(v) for n, v in mine.items()} == {n: type(v) for n, v in theirs.items()}
    assert read > len(typed) / 4


def test_nothing_is_declared_that_is_not_looked_at():
    known = {"default", "param_decls", "callback", "metavar", "parser", "help", "show_default"}
    for command in COMMANDS.values():
        for _, info in declarations(command).values():
            usual = vars(type(info)())
            other = {key for key, value in vars(info).items() if value != usual[key]}
            assert other <= known


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--help"],
        ["a", "--unknown", "1"],
        ["a", "--cl"],
        ["a", "--cl", "many"],
        ["a", "--cl", "-1"],
        ["a", "--cl", "0.9", "--cl", "0.8"],
        ["a", "--json=yes"],
        ["a", "-o=x"],
        ["a", "-ox"],
        ["a", "--", "b"],
        ["a", "--mod", "b-l"],
        ["-"],
    ],
)
def test_all_else_is_left_to_typer(words):
    assert read_plain(LIMIT.run, words) is None


def test_options_may_stand_anywhere():
    words = ["a,b", "--cl", "0.95", "c", "--no-tip", "--set=alpha_dark=0.5", "--set", "x=1"]
    assert read_plain(LIMIT.run, words) == by_typer(LIMIT, words)
