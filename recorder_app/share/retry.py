"""When a call that failed is made again: one policy for everything that talks to a server."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from recorder_app.errors import RecorderError, ShareError

T = TypeVar("T")

# A server that asks for more rests the whole upload; the job queue then waits, not a thread.
LONGEST_WAIT_S = 120.0


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential with jitter; what the server asks for by Retry-After is the least.

    The nth wait in a row is `first_s * factor ** (n - 1)`, at most `longest_s`, of which a random
    half to all is taken: uploads that failed together come back apart. `attempts` and `patience_s`
    (None: no limit) count from the last success.
    """

    first_s: float = 1.0
    factor: float = 2.0
    longest_s: float = 60.0
    attempts: int = 8
    patience_s: float | None = None

    def wait_s(self, failures: int, error: RecorderError, chance: Callable[[], float]) -> float:
        """Return how long to wait after so many failures in a row; `chance` gives 0 to 1."""
        # Beyond 64 doublings nothing changes but the size of the number.
        full = min(self.longest_s, self.first_s * self.factor ** min(failures - 1, 64))
        waited = full * (0.5 + 0.5 * chance())
        asked = error.retry_after if isinstance(error, ShareError) else None
        return max(waited, asked or 0.0)


class Retry:
    """The failures in a row of one undertaking. One thread."""

    def __init__(
        self,
        policy: RetryPolicy,
        *,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._policy = policy
        self._clock = clock
        self._chance = chance
        self._failures = 0
        self._since = clock()

    def succeeded(self) -> None:
        """Something was reached: failures are counted anew."""
        self._failures = 0
        self._since = self._clock()

    def failed(self, error: RecorderError) -> float:
        """Return how many seconds to wait before the next attempt; raise `error` to give up."""
        self._failures += 1
        if not error.retryable or self._failures >= self._policy.attempts:
            raise error
        wait = self._policy.wait_s(self._failures, error, self._chance)
        patience = self._policy.patience_s
        is_over = patience is not None and self._clock() + wait - self._since > patience
        if is_over or wait > LONGEST_WAIT_S:
            raise error
        return wait


def retried(
    call: Callable[[], T],
    policy: RetryPolicy,
    sleep: Callable[[float], None],
    *,
    clock: Callable[[], float] = time.monotonic,
    chance: Callable[[], float] = random.random,
) -> T:
    """Return what `call` returns, called again while its error allows it."""
    retry = Retry(policy, clock=clock, chance=chance)
    while True:
        try:
            return call()
        except RecorderError as error:
            wait = retry.failed(error)
        sleep(wait)
