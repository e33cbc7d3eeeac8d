"""Child processes that end with their parent and come back when they die (Linux).

Run as a script this file is the small launcher of :func:`spawn`: it ties itself to its parent, then becomes the
program. So no Python code runs between fork and exec, which would not be safe beside threads.
"""

import asyncio
import contextlib
import ctypes
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

log = logging.getLogger(__name__)

PR_SET_PDEATHSIG = 1
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0
# A child that ran this long before it died starts again after the first pause, whatever earlier deaths had earned it.
STEADY_S = 10.0
GRACE_S = 5.0


def die_with_parent(parent: int) -> None:
    """Have the kernel send SIGTERM to this process when the thread that started it ends.

    Args:
        parent: process id of the expected parent; if it is already gone, this process ends.

    Raises:
        OSError: the kernel refused.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        sys.exit(1)


async def spawn(
    command: Sequence[str], log_path: Path, env: Mapping[str, str] | None = None
) -> asyncio.subprocess.Process:
    """Start a program in a session of its own that ends when this process ends; it prints into a log file.

    Args:
        command: program and arguments.
        log_path: file that standard output and error are appended to; only the owner may read it.
        env: environment variables beside those of this process.

    Raises:
        RuntimeError: not called from the main thread, with whose end the child would end.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("children are started from the main thread: the kernel ties them to the thread")
    log_path.parent.mkdir(parents=True, exist_ok=True)
    launcher = (sys.executable, "-I", "-S", __file__, str(os.getpid()), *command)
    descriptor = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return await asyncio.create_subprocess_exec(
            *launcher,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            env={**os.environ, **(env or {})},
            start_new_session=True,
        )
    finally:
        os.close(descriptor)


def _nothing() -> None:
    """Prepare nothing."""


class Child:
    """One program that is kept running: it is started again, with growing pauses, whenever it ends.

    Args:
        name: what logs and messages call it.
        command: program and arguments.
        log_path: file that its output is appended to.
        env: environment variables beside those of this process.
        prepare: called before each start, for what the program needs; what it raises is what ``start`` raises.
        on_end: called with the exit code (or minus the signal) when it ended without having been told to.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log_path: Path,
        env: Mapping[str, str] | None = None,
        *,
        prepare: Callable[[], None] = _nothing,
        on_end: Callable[[int], None] | None = None,
    ) -> None:
        self.name = name
        self.log_path = log_path
        self.restarts = 0
        self._command = tuple(command)
        self._env = env
        self._prepare, self._on_end = prepare, on_end
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()
        self._starting = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """Return the process id, None while it is not running."""
        process = self._process
        return process.pid if process and process.returncode is None else None

    async def start(self) -> None:
        """Start it and keep it running until ``stop``.

        Raises:
            OSError: the launcher could not be started.
            RuntimeError: not called from the main thread.
        """
        self._stopping.clear()
        self._process = await self._spawned()
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.name}")

    async def _spawned(self) -> asyncio.subprocess.Process:
        self._prepare()
        return await spawn(self._command, self.log_path, self._env)

    async def _keep(self) -> None:
        pause_s = FIRST_PAUSE_S
        while self._process:
            started = time.monotonic()
            code = await self._process.wait()
            if time.monotonic() - started > STEADY_S:
                pause_s = FIRST_PAUSE_S
            if self._stopping.is_set():
                return
            if self._on_end:
                self._on_end(code)
            log.warning("%s ended with %s; it is started again in %.1f s", self.name, describe(code), pause_s)
            await self._restart_after(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def _restart_after(self, pause_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._stopping.wait()
        # The lock: whoever stops it must find either no process or the new one, never one being made.
        async with self._starting:
            if self._stopping.is_set():
                return
            try:
                self._process = await self._spawned()
                self.restarts += 1
            except OSError as error:
                log.error("%s could not be started again: %s", self.name, error)

    async def renew(self, grace_s: float = GRACE_S) -> None:
        """End it, so that it is started again."""
        if self._process and self._process.returncode is None:
            await end(self._process, grace_s)

    async def stop(self, grace_s: float = GRACE_S) -> None:
        """End it: SIGTERM, and after ``grace_s`` seconds SIGKILL to it and everything that it started."""
        self._stopping.set()
        async with self._starting:
            if self._process:
                await end(self._process, grace_s)
        if self._keeper:
            await self._keeper
        self._process = self._keeper = None


async def end(process: asyncio.subprocess.Process, grace_s: float = GRACE_S) -> None:
    """End a process that ``spawn`` started, and after ``grace_s`` seconds its whole session; return when it is gone."""
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(grace_s):
            await process.wait()
    except TimeoutError:
        log.warning("process %d did not end within %g s and is killed", process.pid, grace_s)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def describe(code: int) -> str:
    """Return an exit code in words."""
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


if __name__ == "__main__":
    die_with_parent(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606  # a program with its arguments, no shell
