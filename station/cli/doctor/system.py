"""What Linux says of processes, ports, locks and clock; nothing here changes anything."""

import ctypes
import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
LISTENING = "0A"
CHILD = "station.cli.child"
_TIMEX_BYTES = 256
# struct timex on 64-bit Linux: `maxerror`, a long, stands at byte 24, in microseconds.
_MAXERROR = slice(24, 32)
_SYNCHRONISED_US = 16_000_000
"""The kernel lets the error grow to this when nobody corrects the clock; systemd's timedatectl judges by it, too."""


@dataclass(frozen=True)
class Process:
    """A running program: its number, its command line, and the folder that it runs in."""

    pid: int
    words: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return how a person recognises it."""
        return " ".join(self.words)[:240] or "?"

    def config_file(self, role: str) -> Path | None:
        """Return the configuration with which it plays a role (``line``, ``office``), None if it does not."""
        if CHILD not in self.words or role not in self.words or "--config" not in self.words[:-1]:
            return None
        named = Path(self.words[self.words.index("--config") + 1])
        with suppress(OSError):
            return (PROC / str(self.pid) / "cwd").resolve() / named
        return named


def processes() -> Iterator[Process]:
    """Yield every process that this user may look at."""
    for folder in PROC.glob("[0-9]*"):
        if found := process(int(folder.name)):
            yield found


def process(pid: int) -> Process | None:
    """Return one process, None if there is none of that number."""
    try:
        line = (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return None
    return Process(pid, tuple(line.decode(errors="replace").rstrip("\0").split("\0")))


def playing(role: str, config_file: Path) -> Process | None:
    """Return the process that plays a role of the station of a configuration."""
    return next((found for found in processes() if is_of(found, role, config_file)), None)


def is_of(found: Process, role: str, config_file: Path) -> bool:
    """Say whether a process plays a role of the station of a configuration."""
    named = found.config_file(role)
    with suppress(OSError):
        return named is not None and named.samefile(config_file)
    return False


def listener(port: int) -> tuple[bool, Process | None]:
    """Return whether somebody listens on a TCP port, and who, if this user may know."""
    inodes = {row[9] for row in _sockets() if row[3] == LISTENING and int(row[1].rpartition(":")[2], 16) == port}
    return bool(inodes), next((p for p in processes() if inodes and _holds(p, inodes)), None)


def _sockets() -> Iterator[list[str]]:
    for name in ("tcp", "tcp6"):
        with suppress(OSError):
            yield from (row.split() for row in (PROC / "net" / name).read_text().splitlines()[1:])


def _holds(owner: Process, inodes: set[str]) -> bool:
    wanted = {f"socket:[{inode}]" for inode in inodes}
    with suppress(OSError):
        for handle in (PROC / str(owner.pid) / "fd").iterdir():
            with suppress(OSError):
                if str(handle.readlink()) in wanted:
                    return True
    return False


def lock_holder(path: Path) -> tuple[bool, int | None]:
    """Return whether a process holds the lock on a file, and the number that it wrote into it."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return False, None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        said = os.read(handle, 32).decode(errors="replace").strip()
        return True, int(said) if said.isdecimal() else None
    finally:
        os.close(handle)
    return False, None


def clock_error_us() -> int | None:
    """Return how far the kernel thinks that its clock may be off, in microseconds; None if it does not say."""
    answer = ctypes.create_string_buffer(_TIMEX_BYTES)
    try:
        # modes = 0: nothing is set, the state is read
        state = ctypes.CDLL(None, use_errno=True).adjtimex(answer)
    except (OSError, AttributeError):
        return None
    return None if state < 0 else int.from_bytes(answer.raw[_MAXERROR], "little", signed=True)


def is_synchronised(error_us: int) -> bool:
    """Say whether a clock with such an error is being kept by a time server."""
    return error_us < _SYNCHRONISED_US
