"""Every write of a process to one folder, recorded by strace as the kernel took it, and what the process said between.

strace, and not a layer of our own, so that nothing between product and disk is left out: SQLite's own calls are there
with their bytes, in the order in which the kernel carried them out. What is not known here ends the recording.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.proof.disk import Disk, File, Folder

CALLS = (
    "open,openat,openat2,creat,close,dup,dup2,dup3,lseek,write,writev,pwrite64,pwritev,pwritev2,ftruncate,truncate,"
    "fallocate,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,"
    "fsync,fdatasync,sync_file_range,msync,mmap,sendfile,copy_file_range,io_uring_setup,io_submit"
)
_LINE = re.compile(r"\d+ +(\w+)\((.*)\) += (-?\d+|0x[0-9a-f]+|\?)(?:<([^>]*)>)?(.*)")
_FD = re.compile(r"(-?\w+)<([^>]*)>")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
SHARED_MEMORY = "-shm"
"""SQLite's index of its log: written through memory, never synced, made again at the first opening after a cut."""
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Step:
    """One call that changed or synced something (``act`` does it to a disk), or what the process said then."""

    call: str
    act: Callable[[Disk], None] = lambda disk: None
    said: bytes | None = None


class NotKnownError(Exception):
    """The process did something to the folder that this recording cannot tell."""


def record(command: Sequence[str], folder: Path, log: Path) -> list[Step]:
    """Run a Python script to its end, and return what it did to the folder and what it printed, in order."""
    # No start-up files of the machine: what the process imports before our script is none of the record's business.
    strace = ["strace", "-f", "-y", "-xx", "-s", "10000000", "-e", f"trace={CALLS}", "-o", str(log)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([*strace, sys.executable, *command], env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    with log.open(encoding="ascii") as lines:
        return list(_Reader(str(folder)).steps(lines))


class _Reader:
    """Makes steps of strace's lines."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._offsets: dict[int, int] = {}
        self._paths: dict[int, str] = {}

    def steps(self, lines: Iterator[str]) -> Iterator[Step]:
        for line in lines:
            if "<unfinished" in line or "resumed>" in line:
                raise NotKnownError(f"two threads at once: {line[:200]}")
            found = _LINE.match(line)
            if found and not found[3].startswith("-") and found[3] != "?":
                yield from self._step(found[1], found[2], found[3], _unhex(found[4] or ""))

    def _step(self, call: str, arguments: str, result: str, result_path: str) -> Iterator[Step]:
        match call:
            case "openat":
                yield from self._opened(arguments, int(result), result_path)
            case "close":
                self._paths.pop(_number(arguments), None)
            case "write" if _number(arguments) == 1:
                yield Step("said", said=_data(arguments)[: int(result)])
            case "write" | "pwrite64" | "ftruncate" | "fsync" | "fdatasync" | "lseek":
                if (path := self._path_of(arguments)) is not None:
                    yield from self._on_file(call, arguments, int(result), path)
            case "rename" | "unlink" | "mkdir":
                yield from self._on_names(call, [self._inside(text) for text in _texts(arguments)])
            case "mmap":
                self._mapped(arguments)
            case _:
                self._refuse(call, arguments)

    def _inside(self, path: str) -> str | None:
        """Return a path relative to the folder, None if it is elsewhere."""
        if not path.startswith("/"):
            raise NotKnownError(f"a path that is not whole: {path}")
        inside = path == self._folder or path.startswith(f"{self._folder}/")
        return path[len(self._folder) + 1 :] if inside and not path.endswith(SHARED_MEMORY) else None

    def _path_of(self, arguments: str) -> str | None:
        return self._paths.get(_number(arguments))

    def _opened(self, arguments: str, number: int, path: str) -> Iterator[Step]:
        inside = self._inside(path)
        self._paths.pop(number, None)
        if inside is None:
            return
        if "O_APPEND" in arguments:
            raise NotKnownError(f"appended to: {inside}")
        self._paths[number], self._offsets[number] = inside, 0
        if "O_CREAT" in arguments or "O_TRUNC" in arguments:
            yield Step(f"open {inside}", lambda disk: _open(disk, inside, "O_TRUNC" in arguments))

    def _on_file(self, call: str, arguments: str, result: int, path: str) -> Iterator[Step]:
        number = _number(arguments)
        if call == "lseek":
            self._offsets[number] = result
        elif call in ("fsync", "fdatasync"):
            yield Step(f"{call} {path}", lambda disk: _found(disk, path).sync())
        elif call == "ftruncate":
            size = int(arguments.rsplit(", ", 1)[1])
            yield Step(f"{call} {path}", lambda disk: _file(disk, path).cut(size))
        else:
            data = _data(arguments)[:result]
            offset = int(arguments.rsplit(", ", 1)[1]) if call == "pwrite64" else self._offsets[number]
            if call == "write":
                self._offsets[number] += result
            yield Step(f"{call} {path}", lambda disk: _file(disk, path).write(offset, data))

    def _on_names(self, call: str, paths: list[str | None]) -> Iterator[Step]:
        if all(path is None for path in paths):
            return
        whole = [path for path in paths if path is not None]
        if len(whole) < len(paths):
            raise NotKnownError(f"{call} from or to somewhere else: {paths}")
        change = {"rename": _renamed, "unlink": _unlinked, "mkdir": _made}[call]
        yield Step(f"{call} {' '.join(whole)}", lambda disk: change(disk, *whole))
        for number, path in self._paths.items() if call == "rename" else ():
            if path == whole[0]:
                self._paths[number] = whole[1]

    def _mapped(self, arguments: str) -> None:
        if "MAP_SHARED" in arguments and "PROT_WRITE" in arguments:
            self._refuse("mmap", arguments)

    def _refuse(self, call: str, arguments: str) -> None:
        """End the recording at a call that it cannot tell, if it is one about the folder."""
        named = [_unhex(path) for _, path in _FD.findall(arguments)] + _texts(arguments)
        if any(path.startswith(self._folder) and not path.endswith(SHARED_MEMORY) for path in named):
            raise NotKnownError(f"{call}({named})")


def _open(disk: Disk, path: str, empty: bool) -> None:
    folder, name = disk.above(path)
    if name not in folder.now:
        folder.change((name, File()))
    elif empty:
        _file(disk, path).cut(0)


def _made(disk: Disk, path: str) -> None:
    folder, name = disk.above(path)
    folder.change((name, Folder()))


def _unlinked(disk: Disk, path: str) -> None:
    folder, name = disk.above(path)
    folder.change((name, None))


def _renamed(disk: Disk, old: str, new: str) -> None:
    (folder, before), (other, after) = disk.above(old), disk.above(new)
    assert folder is other, f"{old} moved to another folder"
    folder.change((before, None), (after, folder.now[before]))


def _found(disk: Disk, path: str) -> File | Folder:
    if not path:
        return disk.root
    folder, name = disk.above(path)
    return folder.now[name]


def _file(disk: Disk, path: str) -> File:
    found = _found(disk, path)
    assert isinstance(found, File)
    return found


def _number(arguments: str) -> int:
    return int(re.split(r"[<,]", arguments, maxsplit=1)[0])


def _unhex(text: str) -> str:
    return bytes.fromhex(text.replace("\\x", "")).decode() if text.startswith("\\x") else text


def _texts(arguments: str) -> list[str]:
    return [_unhex(text) for text in _TEXT.findall(arguments)]


def _data(arguments: str) -> bytes:
    (text,) = _TEXT.findall(arguments)
    return bytes.fromhex(text.replace("\\x", ""))
