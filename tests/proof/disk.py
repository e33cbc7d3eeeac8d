"""What a disk holds after a power cut, by the rules that POSIX gives and no kinder ones.

* Bytes written to a file are safe once that file was fsynced; a name in a folder once that folder was.
* Of what was not, any part may be there: each piece of a write within one 4096-byte page is there as a whole or not at
  all, each truncation and each change of a name too, whatever came before or after it.
* What is there of one file, or of one folder, is there in the order in which it was written.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

PAGE = 4096
Keep = Callable[[], bool]
"""Says of one change that was not synced whether it got to the disk."""


@dataclass
class File:
    """One file, whatever its names: bytes that are safe, and what was done since."""

    safe: bytearray = field(default_factory=bytearray)
    now: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def write(self, offset: int, data: bytes) -> None:
        _write(self.now, offset, data)
        self.pending += list(_pieces(offset, data))

    def cut(self, size: int) -> None:
        _cut(self.now, size)
        self.pending.append((size, None))

    def sync(self) -> None:
        self.safe = bytearray(self.now)
        self.pending.clear()

    def after(self, keep: Keep) -> bytes:
        """Return what the disk may hold of it."""
        if not self.pending:
            return bytes(self.safe)
        found = bytearray(self.safe)
        for offset, data in self.pending:
            if keep():
                if data is None:
                    _cut(found, offset)
                else:
                    _write(found, offset, data)
        return bytes(found)


Names = dict[str, "File | Folder"]
Change = tuple[tuple[str, "File | Folder | None"], ...]


@dataclass
class Folder:
    """One folder: names that are safe, and changes of names since; those of one change come together or not at all."""

    safe: Names = field(default_factory=dict)
    now: Names = field(default_factory=dict)
    pending: list[Change] = field(default_factory=list)

    def change(self, *names: tuple[str, "File | Folder | None"]) -> None:
        _rename(self.now, names)
        self.pending.append(names)

    def sync(self) -> None:
        self.safe = dict(self.now)
        self.pending.clear()

    def after(self, keep: Keep) -> Names:
        found = dict(self.safe)
        for names in self.pending:
            if keep():
                _rename(found, names)
        return found


class Disk:
    """A folder and all that is in it. Paths are relative to it, with slashes; the folder itself is safe."""

    def __init__(self) -> None:
        self.root = Folder()

    def folder(self, path: str) -> Folder:
        found: File | Folder = self.root
        for name in filter(None, path.split("/")):
            assert isinstance(found, Folder)
            found = found.now[name]
        assert isinstance(found, Folder)
        return found

    def above(self, path: str) -> tuple[Folder, str]:
        """Return the folder that a name stands in, and the name."""
        folder, _, name = path.rpartition("/")
        return self.folder(folder), name

    def after(self, keep: Keep) -> dict[str, bytes | None]:
        """Return what may be there when it starts again: files by path, None for a folder."""
        return dict(_walk(self.root, "", keep))


def everything() -> bool:
    """Nothing was lost: the process was killed, the computer was not."""
    return True


def only_what_is_safe() -> bool:
    """Nothing that was not synced got to the disk."""
    return False


def some(chance: random.Random) -> Keep:
    """A part of what was not synced got there: now more of it, now less."""
    share = chance.choice((0.1, 0.5, 0.9))
    return lambda: chance.random() < share


def _walk(folder: Folder, path: str, keep: Keep) -> Iterator[tuple[str, bytes | None]]:
    for name, found in folder.after(keep).items():
        if isinstance(found, Folder):
            yield f"{path}{name}", None
            yield from _walk(found, f"{path}{name}/", keep)
        else:
            yield f"{path}{name}", found.after(keep)


def _pieces(offset: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    begin = 0
    while begin < len(data):
        end = min(len(data), begin + PAGE - (offset + begin) % PAGE)
        yield offset + begin, data[begin:end]
        begin = end


def _write(where: bytearray, offset: int, data: bytes) -> None:
    _cut(where, max(len(where), offset))
    where[offset : offset + len(data)] = data


def _cut(where: bytearray, size: int) -> None:
    del where[size:]
    where.extend(bytes(size - len(where)))


def _rename(names: Names, change: Change) -> None:
    for name, found in change:
        if found is None:
            names.pop(name, None)
        else:
            names[name] = found
