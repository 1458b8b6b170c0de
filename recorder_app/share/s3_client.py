"""Calls to an S3 server: botocore signs them and reads the answers, `HttpClient` carries them.

So they have the same limits, proxy, certificates and abort as all other calls. botocore is loaded
with the first of them.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import threading
from collections.abc import Iterator
from typing import Any

from recorder_app.errors import (
    AnswerUnreadable,
    AuthenticationRejected,
    RegionWrong,
    RemoteRejected,
)
from recorder_app.share.body import Window
from recorder_app.share.destination import Network
from recorder_app.share.http import Answer, HttpClient, host_of
from recorder_app.share.s3_errors import s3_error
from recorder_app.texts import N_

_ANY_STATUS = range(200, 600)
# Set by botocore, and either of no use here or nobody's business.
_UNSENT = ("expect", "user-agent", "content-length")


class PartBody:
    """A part of a file as botocore takes it: it is carried and never read by botocore."""

    def __init__(self, window: Window) -> None:
        self.window = window

    def __len__(self) -> int:
        return len(self.window)

    def read(self, _size: int = -1) -> bytes:
        """Raise: botocore only looks whether there is such a method."""
        raise io.UnsupportedOperation("read")


class S3Client:
    """The calls to one server with one key. Any thread; each call has a connection to itself.

    Every call raises subclasses of ShareError. `key_hint` is what to do when the key is refused,
    where that is known beforehand.
    """

    def __init__(
        self,
        endpoint: str,
        region: str,
        key_id: str,
        secret: str,
        network: Network | None = None,
        *,
        key_hint: str = "",
    ) -> None:
        self.host = host_of(endpoint)
        self._endpoint, self._region = endpoint, region
        self._key_id, self._secret, self._key_hint = key_id, secret, key_hint
        self._network = network
        self._lock = threading.Lock()
        self._made: Any = None
        self._carriers = [self._carrier()]
        self._idle = list(self._carriers)

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Make the call that botocore calls so, such as ``head_object``, and return its answer."""
        import botocore.exceptions
        import botocore.parsers

        method = getattr(self._client(), operation)
        try:
            answer: dict[str, Any] = method(**parameters)
        except botocore.exceptions.ClientError as error:
            said = str(error.response.get("Error", {}).get("Message", ""))
            reason = self._carriers[0].redacted(" ".join(said.split()))[:200]
            problem = s3_error(error.response, self.host, reason)
            if self._key_hint and isinstance(problem, AuthenticationRejected):
                raise AuthenticationRejected(
                    N_("{host} does not accept the key."), hint=self._key_hint, host=self.host
                ) from None
            raise problem from None
        except botocore.parsers.ResponseParserError as error:
            raise AnswerUnreadable(
                N_("{host} answers something unexpected."),
                hint=N_("Check the address of this destination, or try again later."),
                host=self.host,
            ) from error
        except botocore.exceptions.BotoCoreError as error:
            raise RemoteRejected(
                N_("{host} cannot be called in this way."),
                hint=N_("Check the settings of this destination."),
                host=self.host,
            ) from error
        return answer

    def pages(self, operation: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Return all the answers to a call that lists; none of them is longer than it may be."""
        # botocore's own paginators would raise its own errors.
        after: dict[str, Any] = {}
        while True:
            answer = self.call(operation, **parameters, **after)
            yield answer
            following = {
                name.removeprefix("Next"): answer[name]
                for name in ("NextKeyMarker", "NextVersionIdMarker", "NextUploadIdMarker")
                if answer.get(name)
            }
            if "NextPartNumberMarker" in answer:
                following["PartNumberMarker"] = answer["NextPartNumberMarker"]
            # A server that leads in circles would be followed for ever.
            if not answer.get("IsTruncated") or not following or following == after:
                return
            after = following

    def abort(self) -> None:
        """Break the calls that are under way."""
        for each in tuple(self._carriers):
            each.abort()

    def close(self) -> None:
        for each in tuple(self._carriers):
            each.close()

    def _client(self) -> Any:
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    def _carrier(self) -> HttpClient:
        return HttpClient([self._endpoint], self._network, [self._secret, self._key_id])

    @contextlib.contextmanager
    def _connection(self) -> Iterator[HttpClient]:
        """Lend a connection that nobody uses."""
        with self._lock:
            if not self._idle:
                self._idle.append(self._carrier())
                self._carriers.append(self._idle[-1])
            taken = self._idle.pop()
        try:
            yield taken
        finally:
            with self._lock:
                self._idle.append(taken)

    def _make(self) -> Any:
        import botocore.config
        import botocore.exceptions
        import botocore.session

        # At its debug level it writes down what was signed.
        logging.getLogger("botocore").setLevel(logging.WARNING)
        # Somebody's files and variables for other programs neither help here nor get in the way.
        none = (None, None, None, None)
        session = botocore.session.Session(
            session_vars={
                "profile": none,
                "config_file": (None, None, os.devnull, None),
                "credentials_file": (None, None, os.devnull, None),
                "ca_bundle": none,
            }
        )
        config = botocore.config.Config(
            signature_version="s3v4",
            # Backblaze refuses the checksums that botocore adds of its own accord.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            # `recorder_app.share.retry` decides.
            retries={"total_max_attempts": 1, "mode": "standard"},
            s3={
                # Certificates do not fit buckets with dots in their names.
                "addressing_style": "path",
                # Content-MD5 and TLS protect what is sent; a SHA-256 more would be read for.
                "payload_signing_enabled": False,
            },
        )
        try:
            client = session.create_client(
                "s3",
                region_name=self._region,
                endpoint_url=self._endpoint,
                aws_access_key_id=self._key_id,
                aws_secret_access_key=self._secret,
                config=config,
            )
        except botocore.exceptions.BotoCoreError as error:
            raise RegionWrong(
                N_("“{region}” is not the name of a region."),
                hint=N_("Take the region from the bucket's page at the service."),
                region=self._region,
            ) from error
        client.meta.events.register("before-send.s3", self._carry)
        client.meta.events.register_first("needs-retry.s3", _give_up)
        return client

    def _carry(self, request: Any, **_more: Any) -> Any:
        """Make the call that botocore has prepared, and hand it the answer."""
        import botocore.awsrequest

        headers = {
            name: value.decode("latin-1") if isinstance(value, bytes) else str(value)
            for name, value in request.headers.items()
            if name.lower() not in _UNSENT
        }
        body = request.body
        if isinstance(body, PartBody):
            body = body.window if len(body) else b""
        with self._connection() as connection:
            answer = connection.call(
                request.method, request.url, headers=headers, body=body, expect=_ANY_STATUS
            )
        return botocore.awsrequest.AWSResponse(
            answer.url, answer.status, _headers(answer), _Raw(answer.body)
        )


class _Raw(io.BytesIO):
    """A body that is there already, in the shape in which botocore reads one."""

    def stream(self, _amount: int = 0, **_more: Any) -> Iterator[bytes]:
        yield self.read()


def _headers(answer: Answer) -> Any:
    import botocore.compat

    headers = botocore.compat.HTTPHeaders()
    for name, value in answer.headers.items():
        headers[name] = value
    return headers


def _give_up(request_dict: dict[str, Any], **_more: Any) -> bool:
    """Keep botocore from trying again, also in what it takes for the right region."""
    request_dict.setdefault("context", {}).setdefault("s3_redirect", {})["redirected"] = True
    return False
