"""Checking tables of a file against pydantic models, with the first problem in our own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from ..ground.quantity import shortened
from ..ground.source_text import Location
from .parts import FileProblem

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

__all__ = ["table"]

M = TypeVar("M", bound="BaseModel")

_EXPLAINED: Final = {
    "finite_number": "must be a finite number",
    "float_type": "must be an ordinary number without quotes",
    "int_type": "must be a whole number",
    "string_type": "must be text in quotes",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be a table",
    "string_pattern_mismatch": "must be up to 64 letters, digits and . _ + -",
    "greater_than_equal": "must be at least {ge:g}",
    "greater_than": "must be more than {gt:g}",
    "less_than_equal": "must be at most {le:g}",
}


def table(model: type[M], data: Any, where: Location = ()) -> M:
    """Check one table.

    Parameters
    ----------
    model : type
        What it may say.
    data : dict
        What it says.
    where : tuple
        Place of the table in the file.

    Returns
    -------
    BaseModel
        The checked table.

    Raises
    ------
    FileProblem
        With the first problem, and how many more there are.
    """
    from pydantic import ValidationError

    try:
        return model.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        location, problem = _explain(details[0])
        if len(details) > 1:
            problem += f" (and {len(details) - 1} more problem(s) in this file)"
        raise FileProblem((*where, *location), problem) from None


def _explain(detail: ErrorDetails) -> tuple[Location, str]:
    location: Location = detail["loc"]
    context = detail.get("ctx", {})
    kind, given = detail["type"], detail["input"]
    if location and location[-1] in ("float", "str"):  # branch of a union, no key of the file
        location = location[:-1]
    if "key" in context:
        return (*location, str(context["key"])), detail["msg"]
    if kind == "missing":
        return location, "is missing"
    if kind == "model_type":
        from ..ground import schema_numbers

        number = context.get("class_name") in schema_numbers.__all__
        message = "must be a number, text with a unit, or a table" if number else "must be a table"
    elif "error" in context:  # raised by one of our validators
        message = str(context["error"]).removeprefix("value: ").rstrip(".")
    elif kind in _EXPLAINED:
        message = _EXPLAINED[kind].format_map(context)
    else:
        message = detail["msg"].replace("Input should", "must")
    if isinstance(given, str | int | float | list) and shortened(given) not in message:
        message = f"{shortened(given)} given; {message}"
    return location, message
