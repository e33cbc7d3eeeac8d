"""The desk's log: to a file, because the terminal belongs to the screen."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path


def log_to(path: Path | None) -> logging.Handler:
    """Send warnings and above of the whole process to a file, or nowhere, and return the handler."""
    if path is None:
        handler: logging.Handler = logging.NullHandler()
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=3, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
    return handler
