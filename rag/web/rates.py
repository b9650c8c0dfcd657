"""Bounds how often a client may ask."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

_CLIENTS_REMEMBERED = 10_000


class Buckets:
    """A bucket of ``burst`` tokens for each client, refilled at ``rate`` a second; a rate of 0 never runs out."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str) -> float:
        """Take a token and return 0, or the seconds until there will be one."""
        if not self._rate:
            return 0
        now = self._clock()
        left, since = self._left.pop(client, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        self._left[client] = (left - (left >= 1), now)
        if len(self._left) > _CLIENTS_REMEMBERED:
            self._left.popitem(last=False)  # who was away longest
        return 0 if left >= 1 else (1 - left) / self._rate

    def give_back(self, client: str) -> None:
        """Give back the token that was taken last."""
        if client in self._left:  # nobody came in between so often that it is forgotten
            left, since = self._left[client]
            self._left[client] = (left + 1, since)
