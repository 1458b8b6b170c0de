"""Secrets in the system's keyring: Secret Service, Keychain, Windows' credentials.

A keyring may ask for its password in a window of its own, or never answer. So each call is made in
a thread that is given up after a time limit; such a thread waits for nobody and keeps nobody from
ending. The first call loads keyring, which looks for its parts on the disk.
"""

from __future__ import annotations

import logging
import os
import queue
import re
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from recorder_app.errors import (
    InvalidRequest,
    SecretsAbsent,
    SecretsError,
    SecretsLocked,
    SecretsRefused,
    SecretsSilent,
)
from recorder_app.texts import N_

logger = logging.getLogger(__name__)
T = TypeVar("T")

SERVICE = "recorder-app"
VARIABLES = "RECORDER_APP_SECRET_"
"""What the names of all environment variables with secrets begin with."""
# Long enough to type a password into the keyring's window.
LIMIT_S = 60.0
# Calls that were given up and still wait. More would only wait as well.
_MOST_GIVEN_UP = 4
# They keep secrets in files that anybody of this user can read, or not at all.
_UNSAFE = ("keyrings.alt", "keyring.backends.null")
_ABSENT = "keyring.backends.fail"

_ASK_HINT = N_("Enter the secret each time, or use the environment variable {variable}.")
_OPEN_HINT = N_("Open the keyring and try again, or use the environment variable {variable}.")


class Keyring:
    """The secrets of destinations. Any thread; a call waits for `limit_s` seconds at most.

    Every call raises SecretsLocked, SecretsAbsent, SecretsRefused or SecretsSilent.
    """

    def __init__(self, limit_s: float = LIMIT_S) -> None:
        self._limit_s = limit_s
        self._lock = threading.Lock()
        self._given_up = 0

    def get(self, destination: str, field: str) -> str | None:
        """Return a secret, or None where there is none."""
        service = _service(destination, field)
        found = self._asked(destination, field, lambda ring: ring.get_password(service, field))
        return found if found is None else str(found)

    def set(self, destination: str, field: str, secret: str) -> None:
        """Keep a secret, in the place of an older one."""
        service = _service(destination, field)
        self._asked(destination, field, lambda ring: ring.set_password(service, field, secret))

    def delete(self, destination: str, field: str) -> None:
        """Forget a secret; one that is not there is fine."""
        service = _service(destination, field)

        def delete(ring: Any) -> None:
            # Some keyrings have no other way to say that there is nothing.
            if ring.get_password(service, field) is not None:
                ring.delete_password(service, field)

        self._asked(destination, field, delete)

    def _asked(self, destination: str, field: str, call: Callable[[Any], T]) -> T:
        """Return what `call` returns, made with the keyring in a thread of its own."""
        variable = variable_of(destination, field)
        with self._lock:
            if self._given_up >= _MOST_GIVEN_UP:
                raise _silent(variable)
        answers: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()
        is_over = is_given_up = False

        def work() -> None:
            nonlocal is_over
            try:
                answers.put((call(_keyring(variable)), None))
            except BaseException as error:
                answers.put((None, error))
            finally:
                with self._lock:
                    is_over = True
                    self._given_up -= is_given_up

        # A daemon: one that hangs does not keep the program from ending.
        threading.Thread(target=work, name="keyring", daemon=True).start()
        try:
            answer, error = answers.get(timeout=self._limit_s)
        except queue.Empty:
            with self._lock:
                # It may have ended at this very moment.
                is_given_up = not is_over
                self._given_up += is_given_up
            logger.info("the keyring does not answer limit_s=%s", self._limit_s)
            raise _silent(variable) from None
        if error is not None:
            raise _translated(error, variable) from error
        return answer  # type: ignore[return-value]  # None only where T is


def variable_of(destination: str, field: str) -> str:
    """Return the environment variable that holds a secret for the command line.

    Shells take plain letters only. Others become their numbers in Unicode: were they left out,
    names without any plain letter would all be the same.
    """
    names = (_letters(each) for each in (destination, field))
    return VARIABLES + "_".join(names)


def from_environment(destination: str, field: str) -> str | None:
    """Return the secret that whoever started the program gave to it, or None."""
    # Copied, or read from a file, it comes with the end of its line.
    return os.environ.get(variable_of(destination, field), "").strip() or None


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment for other programs: our secrets are no business of theirs."""
    return {name: value for name, value in environment.items() if not name.startswith(VARIABLES)}


def _letters(name: str) -> str:
    plain = (each if each.isascii() else f"_{ord(each):X}_" for each in name.upper())
    return re.sub(r"[^A-Z0-9]+", "_", "".join(plain))


def _service(destination: str, field: str) -> str:
    if not destination or not field:
        raise InvalidRequest(N_("A secret needs the names of its destination and its field."))
    return f"{SERVICE}/{destination}"


def _keyring(variable: str) -> Any:
    """Return the best keyring that keeps secrets safe. Raises SecretsAbsent, SecretsRefused."""
    import keyring
    import keyring.backends.chainer

    chosen = keyring.get_keyring()
    rings = [chosen]
    if isinstance(chosen, keyring.backends.chainer.ChainerBackend):
        # It would go on to the next one where the first refuses, however unsafe.
        rings = list(chosen.backends)
    safe = [ring for ring in rings if not type(ring).__module__.startswith((*_UNSAFE, _ABSENT))]
    if safe:
        return safe[0]
    unsafe = [type(ring).__module__ for ring in rings]
    if any(name.startswith(_UNSAFE) for name in unsafe):
        raise SecretsRefused(
            N_("The keyring of this system ({name}) would not keep secrets safe."),
            hint=_ASK_HINT,
            name=unsafe[0],
            variable=variable,
        )
    raise _absent(variable)


def _translated(error: BaseException, variable: str) -> BaseException:
    """Return what a keyring raised as an error of this program.

    Errors of D-Bus and of the system come through too, whatever keyring's documentation says.
    """
    import keyring.errors

    if isinstance(error, SecretsError) or not isinstance(error, Exception):
        return error
    if isinstance(error, keyring.errors.NoKeyringError):
        return _absent(variable)
    told = {type(each).__name__ for each in _causes(error)}
    is_locked = isinstance(error, keyring.errors.KeyringLocked)
    if is_locked or told & {"LockedException", "PromptDismissedException"}:
        return SecretsLocked(N_("The keyring is locked."), hint=_OPEN_HINT, variable=variable)
    if isinstance(error, keyring.errors.InitError) or "SecretServiceNotAvailableException" in told:
        return _absent(variable)
    return SecretsRefused(
        N_("The keyring does not do what it is asked ({reason})."),
        hint=_ASK_HINT,
        # Not its text: nobody promises that no secret is in it.
        reason=type(error).__name__,
        variable=variable,
    )


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _absent(variable: str) -> SecretsAbsent:
    return SecretsAbsent(
        N_("There is no keyring that could keep secrets."), hint=_ASK_HINT, variable=variable
    )


def _silent(variable: str) -> SecretsSilent:
    return SecretsSilent(
        N_("The keyring does not answer. It may be waiting for its password in a window."),
        hint=_OPEN_HINT,
        variable=variable,
    )
