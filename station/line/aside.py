"""Work that a cancellation must not cut in two."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

log = logging.getLogger(__name__)
T = TypeVar("T")


async def to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Do work to its end even if the caller is cancelled meanwhile; the cancellation goes on afterwards.

    A transaction that was begun in the ledger's thread cannot be called back: whoever goes on before it has ended
    would decide on a present that is no longer so.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        if not task.cancelled() and (error := task.exception()):
            log.warning("failed while the line stopped: %s", error)
        raise
