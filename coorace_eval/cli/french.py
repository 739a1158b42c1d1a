"""Typer, in French: its help and what it says of a command badly written.

Typer shows its own words in English and takes them from nowhere that we could translate as a whole, so each
kind of mistake is said here anew, from what the mistake knows (which option, which value) and never from its
English sentence.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import typer
from rich.console import Console
from typer.core import TyperCommand, TyperGroup

from coorace_eval.problems import did_you_mean

Command = TypeVar("Command", bound=Callable[..., Any])

HELP = "Montrer cette aide."
_TITLES = {
    "DEFAULT_STRING": "[par défaut : {}]",
    "ENVVAR_STRING": "[ou la variable {}]",
    "REQUIRED_LONG_STRING": "[obligatoire]",
    "COMMANDS_PANEL_TITLE": "Commandes",
}
_EXPECTED = {
    "int_parsing": "un nombre entier est attendu.",
    "int_from_float": "un nombre entier est attendu.",
    "float_parsing": "un nombre est attendu.",
    "bool_parsing": "« true » ou « false » est attendu.",
}


class _Spoken:
    """What a command and a group of commands show alike."""

    def get_usage(self, ctx: Any) -> str:
        """How the command is written."""
        usage: str = super().get_usage(ctx)  # type: ignore[misc]
        return usage.replace("Usage: ", "Usage : ", 1)

    def get_help_option(self, ctx: Any) -> Any:
        """``--help``, which says what it does."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = HELP
        return option

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The help, under French titles."""
        from typer import rich_utils

        for name, title in _TITLES.items():
            setattr(rich_utils, name, title)
        super().format_help(ctx, formatter)  # type: ignore[misc]


class FrenchCommand(_Spoken, TyperCommand):
    """A command whose help is in French."""


class FrenchGroup(_Spoken, TyperGroup):
    """Commands whose help and complaints are in French."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command, or offer the nearest."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            ctx.fail(
                f"La commande « {_shown(name)} » n'existe pas. {did_you_mean(name, self.commands)}".strip()
            )
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **options: Any) -> Any:
        """Run the command and leave with its code; a mistake is said in French and leaves with 2."""
        leaves = options.get("standalone_mode", True)
        options["standalone_mode"] = False
        if not leaves:
            return super().main(*args, **options)
        err = Console(stderr=True)
        try:
            code = super().main(*args, **options)
        except typer.Abort:
            err.print("Abandon : rien n'a été fait.", highlight=False)
            sys.exit(1)
        except Exception as mistake:
            if not hasattr(mistake, "format_message"):
                raise
            _complain(err, mistake)
            sys.exit(mistake.exit_code)  # type: ignore[attr-defined]
        sys.exit(code if isinstance(code, int) else 0)


class FrenchTyper(typer.Typer):
    """A group of commands in French."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            cls=FrenchGroup,
            no_args_is_help=True,
            add_completion=False,
            rich_markup_mode="rich",
            pretty_exceptions_enable=False,
            subcommand_metavar="COMMANDE …",
            **options,
        )

    def command(self, name: str | None = None, **options: Any) -> Callable[[Command], Command]:
        """Declare a command."""
        return super().command(name, cls=FrenchCommand, **options)


def _complain(err: Console, mistake: Any) -> None:
    context = getattr(mistake, "ctx", None)
    if type(mistake).__name__ == "NoArgsIsHelpError":
        print(mistake.message, file=sys.stderr)
        return
    say: dict[str, Any] = {"markup": False, "highlight": False, "soft_wrap": True}
    if context is not None:
        err.print(context.get_usage(), **say)
    err.print(said(mistake), style="red", **say)
    if context is not None:
        err.print(f"Voyez « {context.command_path} --help ».", **say)


def said(mistake: Any) -> str:
    """What is wrong with a command, in one French sentence or two."""
    kind, message = type(mistake).__name__, str(getattr(mistake, "message", ""))
    if kind == "MissingParameter" and mistake.param is not None:
        what = "l'argument" if mistake.param.param_type_name == "argument" else "l'option"
        return f"Il manque {what} « {_name(mistake.param)} ».{_choices(mistake.param)}"
    if kind == "NoSuchOption":
        known = [option for one in mistake.ctx.command.get_params(mistake.ctx) for option in one.opts]
        near = did_you_mean(mistake.option_name, known) if mistake.ctx else ""
        return f"L'option « {_shown(mistake.option_name)} » n'existe pas. {near}".strip()
    if kind == "BadOptionUsage":
        wants = "ne prend pas de valeur" if "does not take" in message else "attend une valeur"
        return f"L'option « {_shown(mistake.option_name)} » {wants}."
    if kind == "BadParameter" and mistake.param is not None:
        return _bad_value(mistake)
    if extra := re.search(r"extra argument\S* \((.*)\)$", message, re.DOTALL):
        return f"Il y a des mots de trop : {_shown(extra[1])}."
    if message.startswith("Missing command"):
        return "Il manque la commande."
    return message if message.startswith("La ") else "La commande est mal écrite."


def _bad_value(mistake: Any) -> str:
    found: list[Any] = getattr(mistake.__cause__, "errors", list)()
    value = f" « {_shown(str(found[0]['input']))} »" if found else ""
    return (
        f"La valeur{value} ne convient pas pour « {_name(mistake.param)} » : {_wanted(found, mistake.param)}"
    )


def _wanted(found: list[Any], param: Any) -> str:
    kind, bounds = (found[0]["type"], found[0].get("ctx", {})) if found else ("", {})
    if choices := _choices(param):
        return choices.strip()[0].lower() + choices.strip()[1:]
    if kind == "less_than_equal":
        return f"elle est trop grande (au plus {bounds['le']})."
    if kind == "greater_than_equal":
        return f"elle est trop petite (au moins {bounds['ge']})."
    return _EXPECTED.get(kind, "vérifiez-la.")


def _choices(param: Any) -> str:
    choices = getattr(getattr(param, "type_descriptor", None), "choices", None) or ()
    words = [str(getattr(choice, "value", choice)) for choice in choices]
    return f" Choisissez parmi : {', '.join(words)}." if words else ""


def _name(param: Any) -> str:
    if param.param_type_name == "argument":
        return str(param.metavar or param.name.upper())
    return str(max(param.opts, key=len))


def _shown(text: str) -> str:
    """Text of the person, without what could move the cursor of a terminal."""
    return "".join(sign if sign.isprintable() else "·" for sign in text)
