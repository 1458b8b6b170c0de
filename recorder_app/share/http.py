"""HTTP as this program uses it: verified, bounded in time and size, to expected hosts only.

Nothing that an error or a log says holds a secret or a signed address.
"""

from __future__ import annotations

import contextlib
import logging
import ssl
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar
from urllib.parse import urljoin, urlsplit

import msgspec
import requests
import urllib3.exceptions

from recorder_app import logs
from recorder_app.errors import AnswerUnreadable, InvalidSettingError, RemoteRejected, ShareError
from recorder_app.shapes import from_json
from recorder_app.share.connections import Adapter, LiveConnections, trusting
from recorder_app.share.destination import Network
from recorder_app.share.translation import network_error, status_error
from recorder_app.texts import N_

logger = logging.getLogger(__name__)
T = TypeVar("T")

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
# The longest answers are lists of a hundred videos.
_ANSWER_BYTES = 2 << 20
# A server that sends a byte now and then would never run into the time limit between two parts.
_ANSWER_S = 120.0
_REASON_CHARS = 200
# As much of it is looked through for what only looks like a secret; megabytes would take seconds.
_REDACTED_CHARS = 64 * _REASON_CHARS
# Shorter ones occur in ordinary words.
_SECRET_CHARS = 4


class Body(Protocol):
    """A body of known length that is read while it is sent."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[memoryview]: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said, complete; `url` is where it came from."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    def read(self, shape: type[T]) -> T:
        """Return the JSON of the body as `shape`. Raises AnswerUnreadable."""
        try:
            return from_json(self.body, shape)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise AnswerUnreadable(
                N_("{host} answers something unexpected."),
                hint=N_("Check the address of this destination, or try again later."),
                host=host_of(self.url),
            ) from error


class HttpClient:
    """The connections to the servers of one destination.

    `addresses` are the places that may be called, such as ``https://video.bunnycdn.com``: scheme,
    host and port count. `secrets` are blacked out wherever they occur in a text. One thread at a
    time, except `abort`. Every call raises subclasses of ShareError; making one raises
    InvalidSettingError for addresses and certificates that cannot be used.
    """

    def __init__(
        self, addresses: Iterable[str], network: Network | None = None, secrets: Iterable[str] = ()
    ) -> None:
        self._network = network or Network()
        self._origins = frozenset(origin(address) for address in addresses)
        self._secrets = sorted((s for s in secrets if len(s) >= _SECRET_CHARS), key=len)[::-1]
        self._sessions: dict[str, requests.Session] = {}
        self._live = LiveConnections()
        self._trusted: ssl.SSLContext | None = None
        if self._network.ca_file:
            self._trusted = trusting(self._network.ca_file)

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
        body: bytes | Body | None = None,
        json: object = None,
        expect: Collection[int] = (200,),
    ) -> Answer:
        """Make one call and return its answer, which has one of the statuses in `expect`.

        Redirects are not followed. Raises what `status_error` makes of any other status.
        """
        host = host_of(url)
        if not self._is_expected(url):
            raise RemoteRejected(
                N_("{host} is not a server of this destination."),
                hint=N_("Nothing was sent there. Check the address of this destination."),
                host=host,
            )
        sent = dict(headers or {})
        if json is not None:
            body = msgspec.json.encode(json)
            sent["Content-Type"] = "application/json"
        timeout = (self._network.connect_timeout_s, self._network.read_timeout_s)
        session = self._session(url)
        try:
            with session.request(
                method,
                url,
                headers=sent,
                params=params,
                data=body,  # type: ignore[arg-type]  # any iterable with a length is taken
                timeout=timeout,
                proxies=self._proxies(url),
                allow_redirects=False,
                stream=True,
            ) as response:
                content = self._content(response, host)
                status, answered = response.status_code, response.headers
        except ShareError:
            raise
        except (requests.exceptions.InvalidHeader, UnicodeError):
            # Without what was wrong: keys are sent in headers.
            raise RemoteRejected(
                N_("{host} cannot be called in this way."),
                hint=N_("Check the settings of this destination."),
                host=host,
            ) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            problem = network_error(error, host)
            logger.info("no answer method=%s host=%s error=%s", method, host, problem.code)
            raise problem from None if self._is_telling(error) else error
        if status not in expect:
            logger.info("answer method=%s host=%s status=%d", method, host, status)
            raise status_error(status, answered, host, self._reason(content))
        return Answer(status, answered, content, url)

    def location(self, base: str, value: str | None) -> str:
        """Return where a Location leads, joined with the `base` it came from.

        Raises RemoteRejected when it is missing or leads to a place that is not expected.
        """
        try:
            found = urljoin(base, value or "")
        except ValueError:
            found = ""
        if not value or not self._is_expected(found):
            raise RemoteRejected(
                N_("{host} sends the upload to a place that is not its own."),
                hint=N_("Nothing was sent there. Check the address of this destination."),
                host=host_of(base),
            )
        return found

    def redacted(self, text: str) -> str:
        """Return `text` without secrets."""
        return logs.redacted(self._blackened(text))

    def abort(self) -> None:
        """Break the calls that are under way. Any thread."""
        self._live.shut()

    def close(self) -> None:
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()

    def _is_expected(self, url: str) -> bool:
        try:
            return origin(url) in self._origins and not urlsplit(url).username
        except InvalidSettingError:
            return False

    def _session(self, url: str) -> requests.Session:
        place = origin(url)
        if place not in self._sessions:
            session = requests.Session()
            # Neither passwords from ~/.netrc nor somebody's choice of trusted authorities.
            session.trust_env = False
            session.headers["User-Agent"] = "recorder-app"
            session.headers["Accept-Encoding"] = "identity"
            session.mount(place, Adapter(self._trust(place), self._live))
            self._sessions[place] = session
        return self._sessions[place]

    def _trust(self, place: str) -> ssl.SSLContext | None:
        """Return whom to believe. Reading all the authorities takes a while: only for a call."""
        if place.startswith("https:") and self._trusted is None:
            self._trusted = trusting()
        return self._trusted

    def _proxies(self, url: str) -> dict[str, str]:
        if host_of(url) in _LOOPBACK:
            # Nobody else gets there, and whatever is sent in the open must not leave this computer.
            return {}
        if self._network.proxy:
            return {"http": self._network.proxy, "https": self._network.proxy}
        return requests.utils.get_environ_proxies(url, no_proxy=None)

    def _content(self, response: requests.Response, host: str) -> bytes:
        """Return the body. Raises AnswerUnreadable where it is too long or takes too long."""
        content = bytearray()
        until = time.monotonic() + _ANSWER_S
        while part := response.raw.read1(65536, decode_content=True):
            content += part
            if len(content) > _ANSWER_BYTES or time.monotonic() > until:
                raise AnswerUnreadable(
                    N_("The answer of {host} does not end."),
                    hint=N_("Check the address of this destination, or try again later."),
                    host=host,
                )
        return bytes(content)

    def _reason(self, content: bytes) -> str:
        """Return in the server's words why it refuses, short and redacted."""
        text = content.decode("utf-8", "replace")
        with contextlib.suppress(msgspec.DecodeError):
            said = from_json(content, object)
            if isinstance(said, dict):
                names = ("message", "Message", "title", "error")
                text = next((str(said[name]) for name in names if said.get(name)), text)
        # A page of a proxy or a login is of no use to anybody.
        if "<html" in text.lower() or "<!doctype" in text.lower():
            return ""
        # Cut last: of what was cut before, a part would be recognized by nothing.
        said = " ".join(self._blackened(text).split())[:_REDACTED_CHARS]
        return logs.redacted(said)[:_REASON_CHARS]

    def _blackened(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def _is_telling(self, error: Exception) -> bool:
        """Whether the text of `error`, as a traceback shows it, has something in it to hide."""
        return any(secret in str(error) for secret in self._secrets)


def host_of(address: str) -> str:
    """Return the host of an address, as it is named to people."""
    return urlsplit(address).hostname or ""


def origin(address: str) -> str:
    """Return scheme, host and port of an address, in one form. Raises InvalidSettingError.

    Without protection only this computer is called: a key sent in the open is a key lost.
    """
    try:
        parts = urlsplit(address)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        parts, port = urlsplit(""), 0
    host = parts.hostname or ""
    if not host or not port or (parts.scheme == "http" and host not in _LOOPBACK):
        raise InvalidSettingError(
            N_("“{address}” is not the address of a server."),
            hint=N_("It must begin with https://."),
            address=logs.redacted(address),
        )
    shown = f"[{host}]" if ":" in host else host
    standard = port == (443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{shown}" if standard else f"{parts.scheme}://{shown}:{port}"
