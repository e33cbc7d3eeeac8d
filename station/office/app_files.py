"""The handheld app's files."""

import hashlib
import mimetypes
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

VERSION_HEADER = "App-Version"

# A browser runs a module only under a script's type, whatever this machine's own table says.
mimetypes.add_type("text/javascript", ".mjs")
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("application/manifest+json", ".webmanifest")


class AppFiles(StaticFiles):
    """The app's folder: asked for anew each time, so that a new version is seen at once.

    The page itself says the version of the whole folder: a service worker that keeps files of that version need not
    ask for them one by one.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, html=True)
        self._folder = folder

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file that the browser has to check before it uses its copy; the page is never copied."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers["Cache-Control"] = "no-store"
            response.headers[VERSION_HEADER] = await run_in_threadpool(version_of, self._folder)
        return response


def version_of(folder: Path) -> str:
    """Return a version that is another one as soon as any file is: the beginning of a SHA-256 of names and contents.

    Raises:
        OSError: a file cannot be read.
    """
    every = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        every.update(f"{path.relative_to(folder).as_posix()} {digest}\n".encode())
    return every.hexdigest()[:16]
