"""The secrets of destinations: from the environment, from this session, or from the keyring.

The keyring may take seconds, or ask a person: never call this on a thread that must not wait.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import Future

from recorder_app.errors import SecretsError, SecretsRefused
from recorder_app.settings.destinations import DestinationsStore
from recorder_app.settings.stored_file import Signature
from recorder_app.share.destination import Kind, SecretField
from recorder_app.system.secrets import Keyring, from_environment
from recorder_app.texts import N_

WEBHOOK = SecretField(
    "webhook",
    N_("Webhook address"),
    N_("Called when an upload has arrived; whoever knows it may call it."),
    is_optional=True,
)

_log = logging.getLogger(__name__)

_keyring = Keyring()
_lock = threading.Lock()
# What a person gave to this process; None is one not given.
_given: dict[tuple[str, str], str | None] = {}
# What the keyring said, while it may be trusted.
_known: dict[tuple[str, str], str] = {}
# Of the destinations when that was asked.
_seen: Signature = None
# Those that the keyring is being asked for; it may show a window for each call.
_asked: dict[tuple[str, str], Future[str | None]] = {}


def fields_of(kind: Kind) -> tuple[SecretField, ...]:
    """Return all secrets that a destination of this kind may have."""
    return (*kind.secrets, WEBHOOK)


def secrets_of(destination: str, fields: Iterable[SecretField]) -> dict[str, str]:
    """Return the secrets that there are, by their names. Raises SecretsError. Thread-safe.

    What the keyring said is not asked again until it is `doubted`, or the destinations are changed.
    Where the environment, or a person, gave a secret that is needed, the keyring is not asked for
    those that are not.
    """
    wanted = tuple(fields)
    with _lock:
        typed = {field.name: _given.get((destination, field.name)) for field in wanted}
    found = {name: value for name, value in typed.items() if value}
    for field in wanted:
        if (value := from_environment(destination, field.name)) is not None:
            found[field.name] = value
    needs_keyring = not any(field.name in found for field in wanted if not field.is_optional)
    for field in wanted:
        if field.name in found or (field.is_optional and not needs_keyring):
            continue
        if value := _kept(destination, field.name):
            found[field.name] = value
    return found


def remember(destination: str, values: Mapping[str, str | None]) -> None:
    """Use these until this process ends, without keeping them anywhere; None is one not given."""
    with _lock:
        _given.update({(destination, name): value for name, value in values.items()})


def given() -> dict[str, dict[str, str]]:
    """Return what a person gave to this process and no keyring keeps, by destination."""
    found: dict[str, dict[str, str]] = {}
    with _lock:
        for (destination, name), value in _given.items():
            if value is not None:
                found.setdefault(destination, {})[name] = value
    return found


def keep(destination: str, values: Mapping[str, str]) -> Mapping[str, str | None]:
    """Put secrets into the keyring, in the place of older ones: all of them or none.

    Returns what was there before, for `put_back`. Raises SecretsError.
    """
    before: dict[str, str | None] = {}
    try:
        for name, value in values.items():
            before[name] = _keyring.get(destination, name)
            _keyring.set(destination, name, value)
    except SecretsError:
        put_back(destination, before)
        raise
    with _lock:
        for name, value in values.items():
            # Another process may put a newer one in its place.
            _given.pop((destination, name), None)
            _known[destination, name] = value
    return before


def kept(destination: str, fields: Iterable[SecretField]) -> dict[str, str]:
    """Return what the keyring itself has now, by the names of the fields. Raises SecretsError."""
    found = {field.name: _keyring.get(destination, field.name) for field in fields}
    return {name: value for name, value in found.items() if value is not None}


def move_given(destination: str, new: str) -> None:
    """Use what a person gave to this process for `new` instead."""
    with _lock:
        for place in [each for each in _given if each[0] == destination]:
            _given[new, place[1]] = _given.pop(place)


def put_back(destination: str, before: Mapping[str, str | None]) -> None:
    """Undo `keep` as far as the keyring lets it."""
    doubted(destination)
    try:
        for name, value in before.items():
            if value is None:
                _keyring.delete(destination, name)
            else:
                _keyring.set(destination, name, value)
    except SecretsError as error:
        # Whoever undoes has a reason of their own to tell.
        _log.warning("keys not put back error=%s", error.code)


def doubted(destination: str) -> None:
    """Have the keyring, or a person, asked again: the secrets of a destination were refused."""
    with _lock:
        for kept in (_known, _given):
            for place in [each for each in kept if each[0] == destination]:
                del kept[place]


def forget(destination: str, fields: Iterable[SecretField]) -> None:
    """Take all secrets of a destination out of the keyring. Raises SecretsError.

    Where it does not give one up, the others go all the same, unless the same is the matter with
    them: a keyring that is locked, or does not answer, would only ask or wait again.
    """
    names = [field.name for field in fields]
    with _lock:
        for name in names:
            _given.pop((destination, name), None)
            _known.pop((destination, name), None)
    problem: SecretsError | None = None
    for name in names:
        try:
            _keyring.delete(destination, name)
        except SecretsRefused as error:
            problem = problem or error
    if problem is not None:
        raise problem


def _kept(destination: str, name: str) -> str | None:
    """Return a secret of the keyring; whoever wants the same one meanwhile gets the same answer."""
    place = destination, name
    _notice_changes()
    with _lock:
        if place in _given:
            return _given[place]
        if place in _known:
            return _known[place]
        answer = _asked.get(place)
        is_ours = answer is None
        if answer is None:
            answer = _asked[place] = Future()
    if is_ours:
        try:
            value = _keyring.get(destination, name)
        except BaseException as error:
            with _lock:
                del _asked[place]
            answer.set_exception(error)
        else:
            with _lock:
                del _asked[place]
                if value is not None:
                    _known[place] = value
            answer.set_result(value)
    return answer.result()


def _notice_changes() -> None:
    """Doubt everything once the destinations were changed, by whatever process."""
    global _seen
    found = DestinationsStore().signature()
    with _lock:
        if found != _seen:
            _seen = found
            _known.clear()
