"""The attempts at one request: what came of each, and whether there is another."""

import logging

import httpx
from anthropic_models_generated.models import BetaModelList
from attrs import define, field

from ..errors import APIConnectionError
from .answer import Failure, Received, ResponseInfo, judged
from .request import PageRequest
from .retry import wait_before_retry
from .secret import Secret, mask_error, masked, secrets_in

logger = logging.getLogger("anthropic_models")


@define
class Exchange:
    """Counts the attempts at one request and draws the conclusion from each."""

    request: PageRequest
    retries_taken: int = 0
    _sent: httpx.Request | None = field(default=None, init=False, repr=False)

    def built_with(self, client: httpx.Client | httpx.AsyncClient | None) -> httpx.Request:
        """Return the request for the next attempt, as `client` sends it.

        None stands for a client that adds nothing of its own.
        """
        request = self.request
        self._sent = request.built() if client is None else request.built_with(client)
        return self._sent

    def concluded(
        self, outcome: Received | Failure, *, now: float, chance: float
    ) -> tuple[BetaModelList, ResponseInfo] | float:
        """Return the page, or the seconds to wait before the next attempt.

        Raises the error that the outcome stands for when there is to be no further attempt. `now`
        is in seconds since the epoch, `chance` from 0 to 1.
        """
        self._log(outcome)
        result = outcome if isinstance(outcome, Failure) else self._judged(outcome, now)
        if isinstance(result, tuple):
            return result
        wait = self._wait_after(result, chance)
        if wait is None:
            if isinstance(result.error, APIConnectionError):
                result.error.retries_taken = self.retries_taken
            mask_error(result.error, self._secrets())
            # The frames that it came through hold the answer, where the key may be quoted.
            raise result.error.with_traceback(None)
        self.retries_taken += 1
        return wait

    def _judged(
        self, received: Received, now: float
    ) -> tuple[BetaModelList, ResponseInfo] | Failure:
        return judged(received, retries_taken=self.retries_taken, now=now)

    def _wait_after(self, failure: Failure, chance: float) -> float | None:
        if not failure.retryable:
            return None
        return wait_before_retry(
            retries_taken=self.retries_taken,
            max_retries=self.request.call.max_retries,
            advised=failure.advised_wait,
            chance=chance,
        )

    def _secrets(self) -> tuple[Secret, ...]:
        # Also those that the httpx client, or its auth, has put there.
        return () if self._sent is None else secrets_in(self._sent.headers)

    def _log(self, outcome: Received | Failure) -> None:
        if not logger.isEnabledFor(logging.DEBUG):
            return
        attempt = self.retries_taken + 1
        call = self.request.call
        what = f"{call.prepared.method} {call.path}"
        if isinstance(outcome, Received):
            told = f"{outcome.status_code}, request id {outcome.request_id}"
            told += f", {outcome.elapsed:.3f} s"
        else:
            told = str(outcome.error)
        logger.debug("%s: %s, attempt %d", what, masked(told, self._secrets()), attempt)
