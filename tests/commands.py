"""The reference of the commands, written from the commands themselves.

`python -m tests.commands > docs/commands.md` writes it anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer.main

from shizi.cli import commands

if TYPE_CHECKING:
    from collections.abc import Iterator

    import click

_HEAD = """# Commands

Every command and option. This page is written by `python -m tests.commands`, from what
`shizi --help` tells. How to read files and folders: [read.md](read.md).

Commands end with 0 when all went well, 1 when some pictures failed, which are listed, 2
for wrong usage or nothing to do, 3 when the models or the engine are missing or the
server is away, 4 when something cannot be written, and 130 on Ctrl-C.
"""


def render() -> str:
    """Return the page."""
    root = typer.main.get_command(commands)
    parts = [_HEAD, *(_section(name, each) for name, each in _leaves("shizi", root))]
    return "\n".join(parts)


def _leaves(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """Give each command that does something, with its whole name."""
    children: dict[str, click.Command] = getattr(command, "commands", {})
    if command.params or not children:
        yield name, command
    for child, each in sorted(children.items()):
        yield from _leaves(f"{name} {child}", each)


def _section(name: str, command: click.Command) -> str:
    told = " ".join((command.help or "").split())
    rows = [
        f"| {_names(each)} | {_told(each)} |"
        for each in command.params
        if each.name != "help"
    ]
    table = ["", "| | |", "| --- | --- |", *rows] if rows else []
    return "\n".join([f"## `{name}`", "", told, *table, ""])


def _names(parameter: click.Parameter) -> str:
    if parameter.param_type_name == "argument":
        return f"`{parameter.metavar or str(parameter.name).upper()}`"
    value = "" if getattr(parameter, "is_flag", False) else f" {_value(parameter)}"
    return ", ".join(f"`{each}{value}`" for each in reversed(parameter.opts))


def _value(parameter: click.Parameter) -> str:
    return (parameter.metavar or str(parameter.name).upper()).replace("|", "\\|")


def _told(parameter: click.Parameter) -> str:
    told = " ".join((getattr(parameter, "help", None) or "").split())
    if isinstance(parameter.default, (int, float, str)) and parameter.default != "":
        value = getattr(parameter.default, "value", parameter.default)
        if not isinstance(value, bool):
            told += f" Default: `{value}`."
    return told.replace("|", "\\|").replace("<", "\\<")


if __name__ == "__main__":
    print(render(), end="")  # noqa: T201 - a program
