"""A small door into a running demo: one line of JSON in, one line of JSON out, over a Unix socket in its folder."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from station.cli.words import text
from station.model.os_text import os_text
from station.model.text import SaidError, Text

Answer = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


class ControlError(SaidError):
    """Nobody answers at the door."""


async def open_door(path: Path, answer: Answer) -> asyncio.Server:
    """Serve requests until the server is closed."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = json.loads(await reader.readline())
            writer.write(json.dumps(await answer(request)).encode() + b"\n")
            await writer.drain()
        except (ValueError, ConnectionError):
            pass
        finally:
            writer.close()

    await asyncio.to_thread(path.unlink, missing_ok=True)
    server = await asyncio.start_unix_server(talk, path)
    await asyncio.to_thread(path.chmod, 0o600)
    return server


async def ask(path: Path, timeout_s: float = 5.0, **request: Any) -> dict[str, Any]:
    """Ask at a door and return the answer.

    Raises:
        ControlError: nobody answers.
    """
    try:
        async with asyncio.timeout(timeout_s):
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(json.dumps(request).encode() + b"\n")
            line = await reader.readline()
            writer.close()
            return dict(json.loads(line))
    except (OSError, TimeoutError, ValueError) as error:
        raise ControlError(text("control.silent", door=path.name, why=_why(error))) from error


def _why(error: Exception) -> Text:
    return os_text(error) if isinstance(error, OSError) and error.errno else text("failure.timeout")
