"""Secrets in a real keyring: kept, locked, refused to be opened, absent, hanging, unsafe."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from installers.virtual_desktop import VirtualDesktop
from recorder_app.errors import (
    InvalidRequest,
    SecretsAbsent,
    SecretsError,
    SecretsLocked,
    SecretsRefused,
    SecretsSilent,
)
from recorder_app.system.secrets import Keyring, from_environment, variable_of
from tests.support.keyring_daemon import PASSWORD, Caller, KeyringDaemon, SessionBus

VARIABLE = "RECORDER_APP_SECRET_HOME_SERVER_API_KEY"
FIELD = ("home-server", "api_key")


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # Sockets are made in it, whose paths must be short.
    return tmp_path_factory.mktemp("k")


@pytest.fixture
def daemon(folder: Path) -> Iterator[KeyringDaemon]:
    with KeyringDaemon(folder) as running:
        yield running


def assert_told(answer: dict[str, object], kind: type[SecretsError]) -> None:
    """It failed so, and says what to do: with the variable, for the command line."""
    assert answer.get("error") == kind.code
    assert VARIABLE in str(answer["hint"])
    assert answer["message"]


def test_secrets_are_kept_replaced_and_forgotten(daemon: KeyringDaemon) -> None:
    with Caller(daemon.environment) as caller:
        assert caller.call("get", *FIELD)["answer"] is None
        for secret in ("first", "“second” \N{KEY} with spaces"):
            assert caller.call("set", *FIELD, secret)["answer"] is None
            assert caller.call("get", *FIELD)["answer"] == secret
        assert caller.call("get", "home-server", "another")["answer"] is None
        assert caller.call("get", "another", "api_key")["answer"] is None
        # What is kept outlives the process.
        with Caller(daemon.environment) as other:
            assert other.call("get", *FIELD)["answer"] == secret
        for _twice in range(2):
            assert caller.call("delete", *FIELD)["answer"] is None
        assert caller.call("get", *FIELD)["answer"] is None
    kept = Path(daemon.environment["HOME"]).rglob("*")
    assert [path for path in kept if path.is_file() and b"second" in path.read_bytes()] == []


def test_a_locked_keyring_is_told(daemon: KeyringDaemon) -> None:
    with Caller(daemon.environment) as caller:
        caller.call("set", *FIELD, "secret")
        daemon.lock()
        for call in (("get", *FIELD), ("set", *FIELD, "other"), ("delete", *FIELD)):
            assert_told(caller.call(*call), SecretsLocked)


def prompt(desktop: VirtualDesktop) -> None:
    """Return when the window is there in which the keyring asks for its password."""
    command = ["xdotool", "search", "--onlyvisible", "--class", "gcr-prompter"]
    until = time.monotonic() + 30
    # It fails where a window goes away while it looks.
    while not subprocess.run(
        command, env=desktop.environment, capture_output=True, check=False, timeout=20
    ).stdout:
        assert time.monotonic() < until, "the keyring asks nobody"


def keys(desktop: VirtualDesktop, *arguments: str) -> None:
    subprocess.run(["xdotool", *arguments], env=desktop.environment, check=True, timeout=20)


def test_a_locked_keyring_asks_and_is_opened_or_not(folder: Path) -> None:
    with (
        VirtualDesktop("800x600") as desktop,
        KeyringDaemon(folder, {"DISPLAY": desktop.display}) as daemon,
        Caller(daemon.environment) as caller,
        Caller(daemon.environment, 0.5) as hasty,
    ):
        caller.call("set", *FIELD, "secret")
        daemon.lock()
        caller.ask("get", *FIELD)
        prompt(desktop)
        # Nobody has typed anything yet: whoever waits shorter gets an answer too.
        told = hasty.call("get", *FIELD)
        assert_told(told, SecretsSilent)
        assert told["seconds"] < 3
        keys(desktop, "key", "Escape")
        assert_told(caller.answer(), SecretsLocked)
        hasty.close()
        caller.ask("get", *FIELD)
        prompt(desktop)
        keys(desktop, "type", "--delay", "20", PASSWORD)
        keys(desktop, "key", "Return")
        assert caller.answer()["answer"] == "secret"


def test_a_keyring_that_hangs_holds_nobody_up(daemon: KeyringDaemon) -> None:
    with Caller(daemon.environment, 0.5) as caller:
        caller.call("set", *FIELD, "secret")
        with daemon.frozen():
            for _call in range(6):
                told = caller.call("get", *FIELD)
                assert_told(told, SecretsSilent)
                assert told["seconds"] < 2
            # Enough of them wait; another one is not even begun.
            assert told["seconds"] < 0.1
            began = time.monotonic()
            assert caller.end() == 0
            assert time.monotonic() - began < 5
    with Caller(daemon.environment) as caller:
        assert caller.call("get", *FIELD)["answer"] == "secret"


@pytest.mark.parametrize("has_bus", [True, False])
def test_a_system_without_a_keyring_is_told(folder: Path, has_bus: bool) -> None:
    with SessionBus(folder, has_services=False) as bus:
        variables = dict(bus.environment)
        if not has_bus:
            variables["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={folder / 'nothing'}"
        with Caller(variables) as caller:
            for call in (("get", *FIELD), ("set", *FIELD, "secret"), ("delete", *FIELD)):
                assert_told(caller.call(*call), SecretsAbsent)


def test_an_unsafe_keyring_is_refused(daemon: KeyringDaemon, tmp_path: Path) -> None:
    """One that keeps nothing, and a plain file as keyrings.alt has it."""
    (tmp_path / "keyrings" / "alt").mkdir(parents=True)
    (tmp_path / "keyrings" / "alt" / "file.py").write_text(
        "from keyring.backend import KeyringBackend\n"
        "class PlaintextKeyring(KeyringBackend):\n"
        "    priority = 20\n"
        "    def set_password(self, *what): open('/proc/self/fd/1', 'w').write('kept')\n"
        "    def get_password(self, *what): return 'stolen'\n"
        "    def delete_password(self, *what): pass\n"
    )
    for name in ("keyring.backends.null.Keyring", "keyrings.alt.file.PlaintextKeyring"):
        variables = {"PYTHON_KEYRING_BACKEND": name, "PYTHONPATH": str(tmp_path)}
        with Caller(daemon.environment | variables) as caller:
            assert_told(caller.call("set", *FIELD, "secret"), SecretsRefused)
            assert_told(caller.call("get", *FIELD), SecretsRefused)


def test_secrets_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert variable_of(*FIELD) == VARIABLE
    assert from_environment(*FIELD) is None
    monkeypatch.setenv(VARIABLE, " secret\n")
    assert from_environment(*FIELD) == "secret"
    with pytest.raises(InvalidRequest):
        Keyring().get("", "field")
