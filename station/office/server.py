"""One web server on one address, for pages over TLS or without."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from station.model.os_text import os_text
from station.model.text import SaidError
from station.office.words import words


class OfficeError(SaidError):
    """The office cannot start; says why and what to do."""


class _Server(uvicorn.Server):
    """A web server that leaves the process's signals to whoever runs it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serving(
    app: ASGIApp, listener: socket.socket, tls: ssl.SSLContext | None = None
) -> AsyncIterator["asyncio.Task[None]"]:
    """Serve an application while the block runs; the task ends before that only if the server does by itself."""
    context = (lambda own, default: tls) if tls else None
    server = _Server(
        uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none", ssl_context_factory=context)
    )
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield task
    finally:
        server.should_exit = True
        await task


def tls_of(pair: Path) -> ssl.SSLContext:
    """Return the server's side of TLS with the key and certificate of one PEM file.

    Raises:
        OfficeError: the file is not there or not usable.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(pair)
    except (OSError, ssl.SSLError) as error:
        why = words().text("start.no_pair") if isinstance(error, ssl.SSLError) else os_text(error)
        raise OfficeError(words().text("start.certificate", path=pair, why=why)) from error
    return context


def listen(host: str, port: int, key: str) -> socket.socket:
    """Return a listening socket, so that a taken port is one clear sentence and not a dead server.

    Args:
        host: address to listen on.
        port: port to listen on.
        key: what sets that port in the configuration.

    Raises:
        OfficeError: the address is taken or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise OfficeError(words().text("start.port", host=host, port=port, why=os_text(error), key=key)) from error
    return listener
