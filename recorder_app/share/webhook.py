"""Telling another program, by a call to an address of its own, that something was uploaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

from recorder_app.errors import InvalidSettingError
from recorder_app.share.destination import Network
from recorder_app.share.http import HttpClient, origin
from recorder_app.share.retry import RetryPolicy, retried
from recorder_app.texts import N_

# Shorter parts of an address are words such as "services", which other texts may have too.
_KEY_CHARS = 8
_POLICY = RetryPolicy(first_s=2.0, longest_s=10.0, attempts=4)


def call(
    address: str,
    message: Mapping[str, object],
    network: Network,
    sleep: Callable[[float], None],
) -> None:
    """POST `message` as JSON; what is answered does not matter. Raises ShareError.

    The address counts as a secret: chat services put their keys into it.
    """
    try:
        origin(address)
    except InvalidSettingError:
        # Not with the address in it, which is a secret.
        raise InvalidSettingError(
            N_("The webhook is not the address of a server."),
            hint=N_("It must begin with https://."),
        ) from None
    client = HttpClient([address], network, _secrets_in(address))
    try:
        retried(
            lambda: client.call("POST", address, json=message, expect=range(200, 300)),
            _POLICY,
            sleep,
        )
    finally:
        client.close()


def _secrets_in(address: str) -> set[str]:
    """Return what of an address may not be told: servers answer with parts of it, too."""
    parts = urlsplit(address)
    query = parts.query
    values = [value for _name, value in parse_qsl(query)]
    # As they were sent too, where that differs.
    values += [each.partition("=")[2] for each in query.split("&")]
    segments = parts.path.split("/")
    segments += [unquote(each) for each in segments]
    keys = {each for each in (*segments, *values) if len(each) >= _KEY_CHARS}
    return keys | {address, parts.path, query, f"{parts.path}?{query}"}
