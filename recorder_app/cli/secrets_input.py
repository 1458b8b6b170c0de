"""Secrets from whoever types the command: never as arguments, which every user can see."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import click
import msgspec

from recorder_app.cli.main import report, say
from recorder_app.errors import InvalidRequest, RecorderError
from recorder_app.shapes import from_json
from recorder_app.texts import N_

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable

    from recorder_app.services.destinations import FieldEntry

_log = logging.getLogger(__name__)


def is_conversation() -> bool:
    """Return whether a person can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def from_lines(fields: Iterable[FieldEntry]) -> dict[str, str]:
    """Return the secrets on standard input: a line NAME=VALUE each. Raises InvalidRequest."""
    known = {field.name for field in fields}
    found: dict[str, str] = {}
    for line in sys.stdin.read().splitlines():
        name, sign, value = line.partition("=")
        if not line.strip():
            continue
        if not sign or name.strip() not in known:
            raise InvalidRequest(
                N_("A line on standard input is no secret of this destination."),
                hint=N_("Write NAME=VALUE, with one of: {known}."),
                known=", ".join(sorted(known)),
            )
        found[name.strip()] = value.strip()
    return found


def asked(fields: Iterable[FieldEntry]) -> dict[str, str]:
    """Ask for each secret, without showing it; optional ones may be left empty."""
    found = {}
    for field in fields:
        ending = " (optional)" if field.is_optional else ""
        say(field.help)
        value = click.prompt(
            field.title + ending,
            hide_input=True,
            default="" if field.is_optional else None,
            show_default=False,
            err=True,
        )
        if value := value.strip():
            found[field.name] = value
    return found


def unlock(destination: str) -> None:
    """Ask for what neither environment nor keyring gives of a destination, for this process."""
    if not is_conversation():
        return
    from recorder_app.services.destinations import missing_secrets, use_secrets

    fields, problem = missing_secrets(destination)
    if not fields:
        return
    if problem is not None:
        report(problem)
    use_secrets(destination, asked(fields))


def heed(stop: threading.Event) -> None:
    """Take in the secrets that the app was given, until it goes away; then set `stop`.

    Each line on standard input is JSON: the name of a destination and its secrets, which are kept
    by this process alone.
    """
    from recorder_app.services.destinations import use_secrets

    for line in sys.stdin:
        try:
            given = from_json(line, dict[str, dict[str, str]])
        except msgspec.DecodeError as error:
            # Not the line, which holds secrets.
            _log.warning("secrets not understood error=%s", type(error).__name__)
            continue
        for destination, values in given.items():
            try:
                use_secrets(destination, values)
            except RecorderError as error:
                # One that was removed meanwhile.
                _log.warning("secrets not taken error=%s", error.code)
    stop.set()
