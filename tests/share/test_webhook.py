"""The call after an upload, whose address is a secret."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from urllib.parse import unquote

import pytest

from recorder_app.errors import RemoteRejected
from recorder_app.share import webhook
from recorder_app.share.destination import Network
from tests.support.faults import Fault
from tests.support.http_server import Handler, Server

KEY = "kUnz9VzT%2Ba55"


class _RefusingHandler(Handler):
    def handle_call(self, _fault: Fault | None) -> None:
        self.skip_body()
        path, _, query = self.path.partition("?")
        said = [self.path, path, query, *path.split("/"), *(unquote(self.path).split("/"))]
        self.answer(400, " ".join([*said, query.partition("=")[2].partition("&")[0], "so not"]))


class Refusing(Server):
    """Says no, and repeats what it was asked in many ways."""

    handler = _RefusingHandler


@pytest.fixture
def server() -> Iterator[Refusing]:
    with Refusing() as running:
        yield running


@pytest.mark.parametrize(
    "place",
    [
        f"/services/T01/{KEY}",
        f"/services/{KEY}/end",
        f"/services/{KEY}/",
        f"/run?sig={KEY}&v=1",
        f"/{KEY}/run?v=1",
        f"/api/webhooks/1234/{KEY}?wait=true",
    ],
)
def test_no_part_of_the_address_is_told(
    server: Refusing, place: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("recorder_app"), "propagate", True)
    caplog.set_level(logging.DEBUG)
    with pytest.raises(RemoteRejected) as raised:
        webhook.call(f"{server.address}{place}", {}, Network(), lambda _seconds: None)
    texts = [str(raised.value), str(raised.value.details)]
    texts += [r.getMessage() for r in caplog.records if r.name.startswith("recorder_app")]
    for text in texts:
        assert KEY not in text
        assert unquote(KEY) not in text
    assert "so not" in texts[0], "the reason is still told"
