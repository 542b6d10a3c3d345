"""The site's side: have identifiers blinded by the key holder, without showing them and without seeing the key."""

import shlex
import subprocess
from collections.abc import Callable, Sequence
from typing import IO, Any, cast

from ingest.blinded.blinding import Blinding
from ingest.blinded.messages import (
    ELEMENTS_AT_ONCE,
    PROTOCOL,
    SUITE,
    NotUnderstoodError,
    hear,
    packed,
    say,
    unpacked,
)
from ingest.blinded.written import HASH_BYTES
from tvaers.errors import SecretKeyError
from tvaers.progress import track

_ASK = "Ask the key holder, and start again."


def blinded(inputs: Sequence[bytes], key_holder: str, public_key: bytes) -> list[bytes]:
    """Return inputs as the key holder's key makes them, 32 bytes each, in their order.

    Args:
        inputs: What is to be blinded; each at most 65,535 bytes. Neither they nor their order reach the key holder.
        key_holder: The command that reaches the key holder, for example `ssh key-holder`.
        public_key: The key holder's public key, 32 bytes, got on another way than the answers.

    Raises:
        SecretKeyError: The key holder cannot be reached, has another key, refuses, or proves nothing.
    """
    try:
        with Blinding(public_key) as blinding, _reached(key_holder) as process:
            try:
                return _asked(inputs, process, public_key, blinding)
            finally:
                process.kill()
    # Also closing the connection to a key holder that has ended breaks its pipe.
    except (NotUnderstoodError, BrokenPipeError):
        raise _refused("The key holder ended, or its answer cannot be understood.", "answer") from None


def _reached(key_holder: str) -> "subprocess.Popen[str]":
    try:
        return subprocess.Popen(  # noqa: S603 - the site's own command, run without a shell
            shlex.split(key_holder), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
    except (OSError, ValueError):
        raise SecretKeyError(
            "The command that reaches the key holder cannot be started.",
            where="--key-holder",
            what_to_do="Try it by hand; it is started without a shell.",
        ) from None


def _asked(
    inputs: Sequence[bytes], key_holder: "subprocess.Popen[str]", public_key: bytes, blinding: Blinding
) -> list[bytes]:
    requests, answers = cast("IO[str]", key_holder.stdin), cast("IO[str]", key_holder.stdout)
    say(requests, protocol=PROTOCOL, suite=SUITE)
    opening = _answer(answers)
    if opening.get("public_key") != public_key.hex():
        raise _refused("The key holder has another key than the one that was agreed.", "other_key")
    left = opening.get("left_today")
    if isinstance(left, int) and left < len(inputs):
        raise _over_quota(left, len(inputs))
    outputs: list[bytes] = []
    with track("Blinding identifiers", len(inputs)) as advance:
        for start in range(0, len(inputs), ELEMENTS_AT_ONCE):
            some = inputs[start : start + ELEMENTS_AT_ONCE]
            say(requests, elements=packed(blinding.blind(some)))
            told = _answer(answers)
            if told.get("refused") == "quota":
                raise _over_quota(int(told.get("left_today", 0)), len(inputs))
            outputs += [each[:HASH_BYTES] for each in blinding.unblind(unpacked(told.get("evaluated")))]
            advance(len(some))
    return outputs


def _answer(answers: IO[str]) -> dict[str, Any]:
    told = hear(answers)
    if told is None:
        raise _refused("The key holder cannot be reached, or ended before it answered.", "no_answer")
    if told.get("refused") in ("protocol", "request"):
        raise _refused("The key holder did not understand the request: it may run another version.", "not_understood")
    return told


def _over_quota(left: int, wanted: int) -> SecretKeyError:
    return SecretKeyError(
        "The key holder answers no more identifiers of this site today.",
        how_much=f"{left:,} are left today, {wanted:,} are wanted.",
        what_to_do="Wait until tomorrow (UTC), or ask the key holder for a higher limit.",
        reason="quota",
    )


def _refused(what: str, reason: str) -> SecretKeyError:
    return SecretKeyError(what, what_to_do=_ASK, reason=reason)


Blinder = Callable[[Sequence[bytes]], list[bytes]]
"""What turns inputs into blinded ones: `blinded` at a site, the key itself at its holder."""
