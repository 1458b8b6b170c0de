"""HTTP as the engine uses it: verified, bounded, to expected hosts, and silent about secrets."""

from __future__ import annotations

import contextlib
import gzip
import logging
import socket
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from recorder_app import logs
from recorder_app.errors import (
    AnswerUnreadable,
    AuthenticationRejected,
    CertificateRejected,
    ChecksumMismatch,
    InvalidSettingError,
    PermissionRejected,
    ProxyFailed,
    QuotaExceeded,
    RateLimited,
    RemoteConflict,
    RemoteNotFound,
    RemoteRejected,
    ServerFailed,
    ShareError,
    Unreachable,
)
from recorder_app.share import http
from recorder_app.share.destination import Network
from recorder_app.share.http import HttpClient
from recorder_app.share.translation import retry_after, status_error
from tests.support import certificates
from tests.support.faults import Fault
from tests.support.http_server import Broken, Call, Handler, Server

SECRET = "hush-0123456789"
QUICK = Network(connect_timeout_s=1, read_timeout_s=1)


class _EchoHandler(Handler):
    server: Echo

    def handle_call(self, _fault: Fault | None) -> None:
        server = self.server
        self.skip_body()
        if self.path == "/short":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"{")
            raise Broken
        if self.path == "/silent":
            server.stalled.set()
            server.ended.wait(30)
            raise Broken
        if self.path == "/drip":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            while not server.ended.wait(0.05):
                self.wfile.write(b" ")
            raise Broken
        self.answer(server.status, server.content, server.headers)

    def do_CONNECT(self) -> None:  # noqa: N802 - as http.server calls it
        self.server.calls.append(Call("CONNECT", self.path, dict(self.headers.items())))
        self.close_connection = True
        if self.server.way is None:
            self.send_error(self.server.status)
            return
        self.send_response(200)
        self.end_headers()
        with socket.create_connection(self.server.way) as far:
            back = threading.Thread(target=passed, args=(far, self.connection))
            back.start()
            passed(self.connection, far)
            back.join()


def passed(source: socket.socket, target: socket.socket) -> None:
    """Pass on everything that comes from `source`, and its end."""
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


class Echo(Server):
    """Answers every call with what it was told. As a proxy it leads to `way`, if anywhere."""

    handler = _EchoHandler

    def __init__(self, certificate: str = "", key: str = "") -> None:
        self.way: tuple[str, int] | None = None
        self.status, self.content, self.headers = 200, b"{}", dict[str, str]()
        super().__init__(certificate, key)


@pytest.fixture
def server() -> Iterator[Echo]:
    with Echo() as running:
        yield running


def call(server: Server, path: str = "/", network: Network = QUICK) -> http.Answer:
    client = HttpClient([server.address], network, [SECRET])
    try:
        return client.call("GET", f"{server.address}{path}", headers={"AccessKey": SECRET})
    finally:
        client.close()


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


def test_a_server_that_cannot_prove_itself_gets_nothing(tmp_path: Path) -> None:
    own = certificates.made(tmp_path, "IP:127.0.0.1")
    with Echo(own.certificate, own.key) as server:
        with pytest.raises(CertificateRejected) as raised:
            call(server)
        assert "127.0.0.1" in raised.value.message
        assert not raised.value.retryable
        assert server.calls == []
        trusting = Network(ca_file=own.certificate)
        assert call(server, network=trusting).status == 200


def test_a_certificate_for_another_name_is_rejected(tmp_path: Path) -> None:
    own = certificates.made(tmp_path, "DNS:other.example")
    with Echo(own.certificate, own.key) as server:
        with pytest.raises(CertificateRejected):
            call(server, network=Network(ca_file=own.certificate))
        assert server.calls == []


def test_certificates_that_cannot_be_read_are_said(server: Echo, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    for name in ("ca.pem", "missing.pem"):
        with pytest.raises(InvalidSettingError, match=name):
            call(server, network=Network(ca_file=str(tmp_path / name)))


def unknown(*_arguments: object, **_options: object) -> None:
    """Know no name of any computer."""
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


# Nobody's: only a proxy of a test leads there.
FAR = "https://video.example"


def call_far(network: Network) -> http.Answer:
    client = HttpClient([FAR], network, [SECRET])
    try:
        return client.call("GET", f"{FAR}/x", headers={"AccessKey": SECRET})
    finally:
        client.close()


def test_a_proxy_is_gone_through(tmp_path: Path) -> None:
    own = certificates.made(tmp_path, "DNS:video.example")
    with Echo(own.certificate, own.key) as far, Echo() as proxy:
        proxy.way = ("127.0.0.1", far.server_address[1])
        assert call_far(Network(proxy=proxy.address, ca_file=own.certificate)).status == 200
        assert [(each.method, each.path) for each in proxy.calls] == [
            ("CONNECT", "video.example:443")
        ]
        assert [each.path for each in far.calls] == ["/x"]
        proxy.way, proxy.status = None, 407
        with pytest.raises(ProxyFailed):
            call_far(Network(proxy=proxy.address))


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Echo]:
    """The environment's, which leads nowhere."""
    with Echo() as running:
        running.status = 407
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, running.address)
            monkeypatch.setenv(name.upper(), running.address)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        yield running


def test_the_proxy_of_the_environment_is_taken(
    proxy: Echo, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ProxyFailed):
        call_far(QUICK)
    assert len(proxy.calls) == 1
    monkeypatch.setenv("no_proxy", "video.example")
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(Unreachable):
        call_far(QUICK)
    assert len(proxy.calls) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST"])
def test_what_is_for_this_computer_stays_on_it(server: Echo, proxy: Echo, host: str) -> None:
    """Without protection whoever runs the proxy would read the key."""
    address = f"http://{host}:{server.server_address[1]}"
    for network in (QUICK, Network(proxy=proxy.address)):
        HttpClient([address], network).call("GET", address, headers={"AccessKey": SECRET})
    assert proxy.calls == []
    assert len(server.calls) == 2


def test_a_proxy_that_is_not_there_is_the_reason() -> None:
    with pytest.raises(ProxyFailed) as raised:
        call_far(Network(proxy=f"http://me:{SECRET}@127.0.0.1:{free_port()}"))
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("proxy", ["http://", "nonsense", "socks5://127.0.0.1:1", "http://a:b:c"])
def test_a_proxy_that_is_none_is_the_reason(proxy: str) -> None:
    with pytest.raises(ProxyFailed):
        call_far(Network(proxy=proxy))


def test_what_the_network_does_has_its_own_reason(
    server: Echo, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(Unreachable, match="does not accept"):
        HttpClient([nobody]).call("GET", nobody)
    with pytest.raises(Unreachable, match="in time"):
        call(server, "/silent")
    with pytest.raises(Unreachable, match="broke"):
        call(server, "/short")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    client = HttpClient(["https://gone.example"])
    with pytest.raises(Unreachable, match=r"name gone\.example cannot be found"):
        client.call("GET", "https://gone.example/")


def test_answers_end(server: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    server.content = b" " * (3 << 20)
    with pytest.raises(AnswerUnreadable):
        call(server)
    server.content = gzip.compress(b" " * (50 << 20))
    server.headers = {"Content-Encoding": "gzip"}
    with pytest.raises(AnswerUnreadable):
        call(server)
    monkeypatch.setattr(http, "_ANSWER_S", 0.3)
    with pytest.raises(AnswerUnreadable):
        call(server, "/drip")


class _Shape(msgspec.Struct):
    guid: str


@pytest.mark.parametrize(
    "content", [b'{"guid": "a', b"<html>", b"[]", b'{"guid": 5}', b"\xff", b""]
)
def test_answers_of_another_shape_are_said(server: Echo, content: bytes) -> None:
    server.content = content
    with pytest.raises(AnswerUnreadable):
        call(server).read(_Shape)


def test_only_expected_places_are_called(server: Echo) -> None:
    with Echo() as other:
        client = HttpClient([server.address], QUICK, [SECRET])
        with pytest.raises(RemoteRejected):
            client.call("GET", f"{other.address}/")
        server.status, server.headers = 302, {"Location": f"{other.address}/"}
        with pytest.raises(RemoteRejected):
            client.call("GET", f"{server.address}/")
        assert other.calls == []
        assert client.location(f"{server.address}/a/b", "c") == f"{server.address}/a/c"
        assert client.location(f"{server.address}/a", "/d") == f"{server.address}/d"
        elsewhere = [None, "", f"{other.address}/x", "//evil.example/x", "ftp://127.0.0.1/x"]
        credentials = server.address.replace("//", "//me@")
        for value in [*elsewhere, credentials, "http://[::1", "https://127.0.0.1:99999/"]:
            with pytest.raises(RemoteRejected):
                client.location(f"{server.address}/a", value)


@pytest.mark.parametrize(
    "address", ["http://video.example", "video.example", "", "https://", "x:1"]
)
def test_addresses_without_protection_are_refused(address: str) -> None:
    with pytest.raises(InvalidSettingError):
        HttpClient([address])


def test_nothing_tells_a_secret(
    server: Echo, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Its propagation may have been switched off by a log that was started.
    monkeypatch.setattr(logging.getLogger("recorder_app"), "propagate", True)
    caplog.set_level(logging.DEBUG)
    signed = f"https://a.example/x?token=abc123&expires=5 key {SECRET}"
    server.status, server.content = 400, msgspec.json.encode({"Message": signed})
    texts = []
    with pytest.raises(RemoteRejected) as raised:
        call(server)
    texts += [str(raised.value), str(raised.value.details)]
    for path in ("/short", f"/silent?key={SECRET}&token=abc123"):
        with pytest.raises(ShareError) as broken:
            call(server, path)
        shown = "".join(traceback.format_exception(broken.value))
        texts += [str(broken.value), str(broken.value.details), logs.redacted(shown)]
    texts += [r.getMessage() for r in caplog.records if r.name.startswith("recorder_app")]
    for text in texts:
        assert SECRET not in text
        assert "abc123" not in text
    assert "a.example" in texts[0], "the reason is still told"


@pytest.mark.parametrize("before", [b"no" + b" " * 790, b"no "])
def test_a_reason_is_cut_after_its_secrets_are_taken_out(server: Echo, before: bytes) -> None:
    server.status = 400
    server.content = before + SECRET.encode() + b" or " + b"x" * 195 + SECRET.encode()
    with pytest.raises(RemoteRejected) as raised:
        call(server)
    reason = str(raised.value.details["reason"])
    assert reason.startswith("no *** or xx")
    assert len(reason) == 200
    assert SECRET[:4] not in reason


@pytest.mark.parametrize("key", [f"{SECRET}\n", f"{SECRET}\u200b"])
def test_a_key_that_cannot_be_sent_is_no_fault_of_the_network(server: Echo, key: str) -> None:
    client = HttpClient([server.address], QUICK, [key])
    with pytest.raises(RemoteRejected) as raised:
        client.call("GET", server.address, headers={"AccessKey": key})
    assert SECRET not in "".join(traceback.format_exception(raised.value))


def test_passwords_of_other_programs_are_not_sent(
    server: Echo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password hush")
    monkeypatch.setenv("NETRC", str(netrc))
    call(server)
    [seen] = server.calls
    assert isinstance(seen, Call)
    assert "authorization" not in seen.headers
    assert seen.headers["accesskey"] == SECRET


def test_another_thread_breaks_a_call(server: Echo) -> None:
    client = HttpClient([server.address], Network(read_timeout_s=30))
    raised: list[BaseException] = []

    def wait() -> None:
        try:
            client.call("GET", f"{server.address}/silent")
        except ShareError as error:
            raised.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert server.stalled.wait(10)
    client.abort()
    waiting.join(1)
    assert isinstance(raised[0], Unreachable)
    # What comes later goes through again.
    assert client.call("GET", f"{server.address}/").status == 200


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (302, RemoteRejected, False),
        (400, RemoteRejected, False),
        (401, AuthenticationRejected, False),
        (402, QuotaExceeded, False),
        (403, PermissionRejected, False),
        (404, RemoteNotFound, False),
        (407, ProxyFailed, True),
        (408, ServerFailed, True),
        (409, RemoteConflict, True),
        (410, RemoteNotFound, False),
        (413, QuotaExceeded, False),
        (418, RemoteRejected, False),
        (423, RemoteConflict, True),
        (429, RateLimited, True),
        (460, ChecksumMismatch, True),
        (500, ServerFailed, True),
        (503, ServerFailed, True),
        (507, QuotaExceeded, False),
    ],
)
def test_every_status_has_its_error(status: int, kind: type[ShareError], retryable: bool) -> None:
    error = status_error(status, {"Retry-After": "7"}, "a.example", "why")
    assert type(error) is kind
    assert error.retryable is retryable
    assert error.retry_after == 7
    assert error.message
    assert error.hint


def test_how_long_a_server_wants_to_be_left_alone() -> None:
    now = time.mktime((2026, 11, 21, 12, 0, 0, 0, 0, 0)) - time.timezone
    assert retry_after("120") == 120
    assert retry_after("Sat, 21 Nov 2026 12:01:30 GMT", lambda: now) == 90
    assert retry_after("Sat, 21 Nov 2026 11:00:00 GMT", lambda: now) == 0
    assert retry_after("99999999") == 24 * 3600
    for nothing in (None, "", "soon", "1.5"):
        assert retry_after(nothing) is None
