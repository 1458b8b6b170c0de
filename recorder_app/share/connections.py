"""Connections to servers: whom they trust, and how they are broken from another thread."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from typing import Any

import requests.adapters
import urllib3.connection
import urllib3.connectionpool
import urllib3.util

from recorder_app.errors import InvalidSettingError
from recorder_app.texts import N_


class LiveConnections:
    """The open sockets, so that another thread can break them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()

    def add(self, opened: socket.socket) -> None:
        with self._lock:
            self._sockets = {each for each in self._sockets if each.fileno() >= 0}
            self._sockets.add(opened)

    def shut(self) -> None:
        with self._lock:
            for each in self._sockets:
                with contextlib.suppress(OSError):
                    # Not that of SSLSocket, which takes the state away that the other thread uses.
                    socket.socket.shutdown(each, socket.SHUT_RDWR)


class Adapter(requests.adapters.HTTPAdapter):
    """The connections of one session, trusting whom `context` does; `live` learns of them.

    Without a context they are plain ones, to this computer.
    """

    def __init__(self, context: ssl.SSLContext | None, live: LiveConnections) -> None:
        self._context = context
        self._live = live
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self._live)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, ssl_context=self._context, **kwargs)
        manager.pool_classes_by_scheme = _pools(self._live)
        return manager


def _pools(live: LiveConnections) -> dict[str, type[urllib3.connectionpool.HTTPConnectionPool]]:
    """Return urllib3's pools with connections that tell `live` of their sockets."""

    class Plain(urllib3.connection.HTTPConnection):
        def connect(self) -> None:
            super().connect()
            live.add(self.sock)

    class Protected(urllib3.connection.HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            live.add(self.sock)

    class PlainPool(urllib3.connectionpool.HTTPConnectionPool):
        ConnectionCls = Plain

    class ProtectedPool(urllib3.connectionpool.HTTPSConnectionPool):
        ConnectionCls = Protected

    return {"http": PlainPool, "https": ProtectedPool}


def trusting(ca_file: str = "") -> ssl.SSLContext:
    """Return whom to believe: the system's authorities, those of requests, and those of a file.

    Raises InvalidSettingError when the file cannot be used.
    """
    context = urllib3.util.create_urllib3_context()
    context.load_default_certs()
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as error:
            raise InvalidSettingError(
                N_("The certificates in {path} cannot be read."),
                hint=N_("Name a file in PEM format, or none."),
                path=ca_file,
            ) from error
    return context
