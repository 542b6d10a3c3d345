"""The site's arithmetic, in a process of its own: the library ends a wrong proof by a crash, not by an error."""

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Self

from voprf import ristretto

from tvaers.errors import SecretKeyError


class Blinding:
    """Blinds inputs and takes the blinding off the answers; use as a context manager.

    Args:
        public_key: The key holder's public key, 32 bytes; every answer has to be proved by it.
    """

    def __init__(self, public_key: bytes) -> None:
        self._public_key = public_key
        context = multiprocessing.get_context("spawn")
        self._process = ProcessPoolExecutor(1, mp_context=context, initializer=_be_silent)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.shutdown(cancel_futures=True)

    def blind(self, inputs: Sequence[bytes]) -> list[bytes]:
        """Return inputs as blinded elements of 32 bytes; they tell nothing of the inputs, and differ at every call."""
        return self._run(_blind, list(inputs))

    def unblind(self, evaluated: bytes) -> list[bytes]:
        """Return the outputs, 64 bytes each, in the order of the inputs that were blinded last.

        Raises:
            SecretKeyError: The answer is not proved by the public key, or is no answer.
        """
        return self._run(_unblind, evaluated, self._public_key)

    def _run(self, work: Any, *given: object) -> list[bytes]:
        try:
            found: list[bytes] | None = self._process.submit(work, *given).result()
        except BrokenProcessPool:
            found = None
        if found is None:
            raise SecretKeyError(
                "The key holder's answer is not proved by its public key. Nothing was written.",
                what_to_do="Ask the key holder whether the key or the public key has changed; do not go on before.",
                reason="wrong_proof",
            )
        return found


_waiting: list[ristretto.Client] = []


def _be_silent() -> None:
    """Let the library's account of a crash go nowhere: it tells nothing that helps, and fills the screen."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)


def _blind(inputs: list[bytes]) -> list[bytes] | None:
    try:
        pairs = [ristretto.Client.blind(each) for each in inputs]
    except BaseException:
        return None
    _waiting[:] = [client for client, _ in pairs]
    return [element.serialize() for _, element in pairs]


def _unblind(evaluated: bytes, public_key: bytes) -> list[bytes] | None:
    try:
        answer = ristretto.VerifiableBatchOutput.deserialize(evaluated)
        outputs = ristretto.Client.finalize_batch(_waiting, answer, ristretto.PublicKey.deserialize(public_key))
    except BaseException:
        return None
    return outputs if len(outputs) == len(_waiting) else None
