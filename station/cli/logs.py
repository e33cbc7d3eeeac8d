"""Where the processes of a station log to."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from station.line.config import LogSection

FORM = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def log_to_file(folder: Path, name: str, how: LogSection | None = None) -> None:
    """Have this process log to ``folder/logs/name.log``, in files of a bounded size that only the owner may read."""
    how = how or LogSection()
    path = folder / "logs" / f"{name}.log"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    # One file is written, the others are kept beside it.
    handler = RotatingFileHandler(path, maxBytes=how.megabytes * 1_000_000, backupCount=how.files - 1, encoding="utf-8")
    logging.basicConfig(level=how.level.upper(), format=FORM, handlers=[handler])
