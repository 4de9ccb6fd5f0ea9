"""The attempts at one request: what came of each, and whether there is another."""

import logging

from anthropic_models_generated.models import BetaModelList
from attrs import define

from ..errors import APIConnectionError
from .answer import Failure, Received, ResponseInfo, judged
from .request import PageRequest
from .retry import wait_before_retry

logger = logging.getLogger("anthropic_models")


@define
class Exchange:
    """Counts the attempts at one request and draws the conclusion from each."""

    request: PageRequest
    retries_taken: int = 0

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
            raise result.error
        self.retries_taken += 1
        return wait

    def _judged(
        self, received: Received, now: float
    ) -> tuple[BetaModelList, ResponseInfo] | Failure:
        return judged(
            received,
            retries_taken=self.retries_taken,
            request=self.request,
            now=now,
        )

    def _wait_after(self, failure: Failure, chance: float) -> float | None:
        if not failure.retryable:
            return None
        return wait_before_retry(
            retries_taken=self.retries_taken,
            max_retries=self.request.max_retries,
            advised=failure.advised_wait,
            chance=chance,
        )

    def _log(self, outcome: Received | Failure) -> None:
        if not logger.isEnabledFor(logging.DEBUG):
            return
        attempt = self.retries_taken + 1
        what = f"{self.request.method} {self.request.path}"
        if isinstance(outcome, Received):
            logger.debug(
                "%s: %d, request id %s, %.3f s, attempt %d",
                what,
                outcome.status_code,
                outcome.request_id,
                outcome.elapsed,
                attempt,
            )
        else:
            logger.debug("%s: %s, attempt %d", what, outcome.error, attempt)
