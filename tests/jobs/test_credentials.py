"""Which secrets are used: the environment's, a person's, or the keyring's, asked for once."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keyring
import msgspec
import pytest
from keyring.backend import KeyringBackend

from recorder_app.errors import (
    AuthenticationRejected,
    InvalidRequest,
    PermissionRejected,
    SecretsLocked,
    SecretsRefused,
    SecretsSilent,
    SettingsTooNew,
    ShareError,
)
from recorder_app.jobs import credentials, opening
from recorder_app.services import destinations
from recorder_app.settings.destinations import DestinationsStore, StoredDestination
from recorder_app.share import s3
from recorder_app.share.bunny_stream import BunnyStream
from recorder_app.share.destination import Check, Finding, SecretField, Secrets
from recorder_app.system import secrets

FIELD = SecretField("api_key", "API key", "")
WORK = StoredDestination(name="work", kind="bunny-stream", configuration={"library_id": "1"})


class Ring(KeyringBackend):
    """A keyring in memory, which takes its time where `hold` is called."""

    priority = 1.0

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.asked = 0
        self.hold: Callable[[], object] = lambda: None
        # Nothing of that name is changed.
        self.refused = ""

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        self.hold()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._look(username)
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._look(username)
        del self.kept[service, username]

    def _look(self, username: str) -> None:
        if username == self.refused:
            raise RuntimeError(username)


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Ring]:
    before, ring = keyring.get_keyring(), Ring()
    keyring.set_keyring(ring)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(credentials, "_given", {})
    monkeypatch.setattr(credentials, "_known", {})
    yield ring
    keyring.set_keyring(before)


def test_calls_at_once_are_no_calls_that_were_given_up(ring: Ring) -> None:
    everybody = threading.Barrier(8)
    ring.hold = lambda: everybody.wait(20)
    ring.kept["recorder-app/work", "api_key"] = "secret"
    kept = secrets.Keyring(20.0)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: kept.get("work", "api_key"), range(8)))
    assert found == ["secret"] * 8


def test_a_call_that_was_given_up_counts_until_it_ends(ring: Ring) -> None:
    answer = threading.Event()
    ring.hold = lambda: answer.wait(20)
    kept = secrets.Keyring(0.05)
    for _call in range(6):
        with pytest.raises(SecretsSilent):
            kept.get("work", "api_key")
    assert ring.asked == 4
    waiting = [thread for thread in threading.enumerate() if thread.name == "keyring"]
    answer.set()
    for thread in waiting:
        thread.join(20)
    ring.hold = lambda: None
    assert kept.get("work", "api_key") is None


def test_the_keyring_is_asked_once_for_all_who_want_the_same(ring: Ring) -> None:
    answer, begun = threading.Event(), threading.Barrier(9)
    ring.hold = lambda: answer.wait(20)
    ring.kept["recorder-app/work", "api_key"] = "secret"

    def ask(_number: int) -> dict[str, str]:
        begun.wait(20)
        return credentials.secrets_of("work", [FIELD])

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(ask, number) for number in range(8)]
        begun.wait(20)
        answer.set()
        assert [each.result(20) for each in asked] == [{"api_key": "secret"}] * 8
    assert ring.asked == 1


def test_a_refusal_is_for_those_who_waited_and_not_for_ever(ring: Ring) -> None:
    from keyring.errors import KeyringLocked

    def locked() -> None:
        raise KeyringLocked

    ring.hold = locked
    with pytest.raises(SecretsLocked):
        credentials.secrets_of("work", [FIELD])
    ring.hold = lambda: None
    ring.kept["recorder-app/work", "api_key"] = "secret"
    assert credentials.secrets_of("work", [FIELD]) == {"api_key": "secret"}


def test_one_that_is_put_there_later_is_found(ring: Ring) -> None:
    assert credentials.secrets_of("work", [FIELD]) == {}
    ring.kept["recorder-app/work", "api_key"] = "secret"
    assert credentials.secrets_of("work", [FIELD]) == {"api_key": "secret"}
    assert credentials.secrets_of("work", [FIELD]) == {"api_key": "secret"}
    assert ring.asked == 2


@pytest.mark.parametrize("is_kept_here", [True, False])
@pytest.mark.parametrize("refusal", [AuthenticationRejected, PermissionRejected])
def test_one_that_was_refused_is_asked_for_again(
    ring: Ring, refusal: type[ShareError], is_kept_here: bool
) -> None:
    ring.kept["recorder-app/work", "api_key"] = "old"
    if is_kept_here:
        credentials.keep("work", {"api_key": "old"})
    assert credentials.secrets_of("work", [FIELD]) == {"api_key": "old"}
    # By another process.
    ring.kept["recorder-app/work", "api_key"] = "new"
    assert credentials.secrets_of("work", [FIELD]) == {"api_key": "old"}
    with contextlib.suppress(refusal), opening.opened(WORK):
        raise refusal("no")
    assert credentials.secrets_of("work", [FIELD]) == {"api_key": "new"}


def test_a_key_that_a_test_finds_refused_is_asked_for_again(
    ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = Finding(Check.KEY, AuthenticationRejected("no"))
    used: list[Secrets] = []

    def found(destination: BunnyStream) -> list[Finding]:
        used.append(destination._secrets)
        return [finding]

    monkeypatch.setattr(BunnyStream, "test", found)
    ring.kept["recorder-app/work", "api_key"] = "old"
    DestinationsStore().put(WORK)
    assert not destinations.test("work").is_fine
    ring.kept["recorder-app/work", "api_key"] = "mended"
    destinations.test("work")
    assert used == [{"api_key": "old"}, {"api_key": "mended"}]


def test_a_change_of_the_destinations_has_the_keyring_asked_again(ring: Ring) -> None:
    ring.kept["recorder-app/work", "api_key"] = "old"
    assert credentials.secrets_of("work", [FIELD]) == {"api_key": "old"}
    ring.kept["recorder-app/work", "api_key"] = "new"
    DestinationsStore().put(StoredDestination(name="work", kind="folder", configuration={}))
    assert credentials.secrets_of("work", [FIELD]) == {"api_key": "new"}


def bucket(endpoint: str) -> StoredDestination:
    configuration = {"endpoint": endpoint, "bucket": "takes"}
    return StoredDestination(name="bucket", kind="s3", configuration=configuration)


def keys_of(ring: Ring) -> dict[str, str]:
    return {name: value for (_, name), value in ring.kept.items()}


def test_a_new_destination_is_there_with_all_its_keys_or_none(ring: Ring) -> None:
    ring.refused = "secret"
    added = destinations.add(bucket("https://one.example"), {"key_id": "1", "secret": "one"})
    assert added.problem is not None
    assert added.problem.code == "secrets_refused"
    assert keys_of(ring) == {}
    # They are of use here, and elsewhere they are asked for.
    assert destinations.missing_secrets("bucket") == ([], None)
    credentials._given.clear()
    fields, problem = destinations.missing_secrets("bucket")
    assert ([each.name for each in fields], problem) == (["key_id", "secret"], None)


def test_a_name_whose_variables_another_one_has_is_refused(ring: Ring) -> None:
    keys = {"key_id": "1", "secret": "one"}
    names = ("my takes", "Дом", "Дача", "my takes 2")
    for name in names:
        destinations.add(msgspec.structs.replace(bucket("https://one.example"), name=name), keys)
    like = msgspec.structs.replace(bucket("https://one.example"), name="My-Takes")
    with pytest.raises(InvalidRequest, match="keys of “My-Takes” and “my takes”"):
        destinations.add(like, keys)
    assert {service for service, _ in ring.kept} == {f"recorder-app/{name}" for name in names}
    # One that is there already may be changed, also where somebody wrote them into the file.
    twin = msgspec.structs.replace(bucket("https://one.example"), name="MY TAKES")
    DestinationsStore().put(twin)
    destinations.add(twin, keys, is_replacing=True)


def test_a_destination_is_changed_with_its_keys_or_not_at_all(ring: Ring) -> None:
    old, new = {"key_id": "1", "secret": "one"}, {"key_id": "2", "secret": "two"}
    destinations.add(bucket("https://one.example"), old)
    ring.refused = "secret"
    with pytest.raises(SecretsRefused):
        destinations.add(bucket("https://two.example"), new, is_replacing=True)
    kept = DestinationsStore().read().get("bucket")
    assert kept.configuration["endpoint"] == "https://one.example"
    assert keys_of(ring) == credentials.secrets_of("bucket", s3.SECRETS) == old
    ring.refused = ""
    destinations.add(bucket("https://two.example"), new, is_replacing=True)
    assert keys_of(ring) == credentials.secrets_of("bucket", s3.SECRETS) == new


@pytest.mark.parametrize("old", [{}, {"key_id": "1", "secret": "one"}])
def test_where_a_destination_cannot_be_written_its_keys_stay_as_they_were(
    ring: Ring, old: dict[str, str]
) -> None:
    store = DestinationsStore()
    if old:
        destinations.add(bucket("https://one.example"), old)
    # By a newer version.
    before = store.path.read_text() if old else ""
    store.path.parent.mkdir(exist_ok=True)
    store.path.write_text("schema = 99\n" + before.replace("schema = 1\n", ""))
    new = {"key_id": "2", "secret": "two"}
    with pytest.raises(SettingsTooNew):
        destinations.add(bucket("https://two.example"), new, is_replacing=True)
    assert keys_of(ring) == credentials.secrets_of("bucket", s3.SECRETS) == old


def test_a_key_that_cannot_be_forgotten_keeps_no_other(ring: Ring) -> None:
    names = ("first", "second", "third")
    credentials.keep("work", dict.fromkeys(names, "secret"))
    ring.refused = "second"
    with pytest.raises(SecretsRefused, match="RuntimeError"):
        credentials.forget("work", [SecretField(name, name, "") for name in names])
    assert keys_of(ring) == {"second": "secret"}


def test_what_a_person_gave_stays_until_it_is_refused(ring: Ring) -> None:
    credentials.remember("work", {"api_key": "typed", "other": None})
    DestinationsStore().put(StoredDestination(name="work", kind="folder", configuration={}))
    other = SecretField("other", "Other", "")
    assert credentials.secrets_of("work", [FIELD, other]) == {"api_key": "typed"}
    assert credentials.given() == {"work": {"api_key": "typed"}}
    assert ring.asked == 0
    credentials.doubted("work")
    assert credentials.given() == {}
    assert "api_key" not in credentials.secrets_of("work", [FIELD])
    assert ring.asked == 1
