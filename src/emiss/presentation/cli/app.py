"""The command tree, made of the commands that are found beside this file."""

from __future__ import annotations

import inspect
from typing import Any

import typer
from typer.core import TyperCommand

from ...ground.errors import EmissError
from ...ground.provenance import version
from .command import Command

__all__ = ["make_app"]

_GROUPS = {
    "export": ("Likelihoods for other programs.", "Search"),
    "response": ("Response of detectors to beam particles.", "Physics"),
    "xsec": ("Cross-sections of single processes.", "Physics"),
}
"""Commands that hold others: their help and heading."""


_WRITING = (("-o", "--output"), ("--figure",))
"""Options that write what a command finds: most commands have one of the two."""


class _Leaf(TyperCommand):
    """A command that knows what others call its way to write."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments, or name the option that is meant."""
        known = {name for one in self.params for name in one.opts}
        for wrong, right in (_WRITING, _WRITING[::-1]):
            used = next((word for word in args if word.partition("=")[0] in wrong), None)
            if used and not known & set(wrong) and known & set(right):
                raise EmissError(
                    f"{ctx.command_path} has no option {used.partition('=')[0]}; what it writes "
                    f"goes where {right[-1]} says."
                )
        return super().parse_args(ctx, args)


def _version(value: bool) -> None:
    if value:
        from .output import note

        note(f"emiss {version()}")
        raise typer.Exit


def _common(
    _: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Show the version and exit."
    ),
) -> None:
    """Missing-energy searches for dark bosons, from beam to limit."""


def _flowing(one: Command) -> str:
    """Docstring of a command in paragraphs of one line each, broken where the terminal ends."""
    paragraphs = inspect.cleandoc(one.run.__doc__ or "").split("\n\n")
    return "\n\n".join(" ".join(text.split()) for text in paragraphs)


def make_app(commands: tuple[Command, ...]) -> typer.Typer:
    """Build the command tree.

    Parameters
    ----------
    commands : tuple of Command
        Its leaves: all of them, or the one that is asked for.

    Returns
    -------
    Typer
        To be called with arguments.
    """
    tree = typer.Typer(
        help="Missing-energy searches for dark bosons, from beam to limit.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    tree.callback()(_common)
    groups: dict[str, typer.Typer] = {}
    for one in commands:
        if not one.group:
            tree.command(one.name, cls=_Leaf, help=_flowing(one), rich_help_panel=one.panel)(
                one.run
            )
            continue
        if one.group not in groups:
            text, panel = _GROUPS[one.group]
            groups[one.group] = typer.Typer(help=text, no_args_is_help=True)
            tree.add_typer(groups[one.group], name=one.group, rich_help_panel=panel)
        groups[one.group].command(one.name, cls=_Leaf, help=_flowing(one))(one.run)
    return tree
