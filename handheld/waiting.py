"""Waiting until something that messages change is as one wants it."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Waiters:
    """People who wait for a change; ``changed`` wakes those who have got what they wait for."""

    def __init__(self) -> None:
        self._probes: list[Callable[[], bool]] = []

    async def until(self, probe: Callable[[], T | None], timeout_s: float, what: str) -> T:
        """Return the first answer of ``probe`` that is not None; it is asked now and after each change.

        Raises:
            TimeoutError: nothing came in that many real seconds; names ``what`` was waited for.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        ask = self._probe(probe, future)
        if not ask():
            self._probes.append(ask)
        try:
            async with asyncio.timeout(timeout_s):
                return await future
        except TimeoutError:
            raise TimeoutError(f"waited {timeout_s:g} s in vain for {what}") from None
        finally:
            self._probes = [one for one in self._probes if one is not ask]

    @staticmethod
    def _probe(probe: Callable[[], T | None], future: "asyncio.Future[T]") -> Callable[[], bool]:
        def ask() -> bool:
            if future.done():
                return True
            try:
                answer = probe()
            except Exception as error:  # whoever waits hears of the mistake in the own question
                future.set_exception(error)
                return True
            if answer is None:
                return False
            future.set_result(answer)
            return True

        return ask

    def changed(self) -> None:
        """Ask every probe again."""
        self._probes = [ask for ask in self._probes if not ask()]
