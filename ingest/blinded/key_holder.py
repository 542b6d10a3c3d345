"""The key holder's side: evaluate blinded elements with the key, and prove it; an identifier never comes here.

It speaks on standard input and output, so that a well-kept program such as OpenSSH carries it, proves who asks, and
fixes the site and its limit in a command of the key holder's own (docs/how-to/blind_identifiers.md).
"""

from typing import IO

from voprf import ristretto

from ingest.blinded.messages import PROTOCOL, SUITE, NotUnderstoodError, elements_in, hear, packed, say, unpacked
from ingest.blinded.quota import Quota
from tvaers.master_key import MasterKey

_INFO = b"tvaers blinded identifiers"


def evaluator_of(key: MasterKey) -> ristretto.Evaluator:
    """Return what evaluates with a key, and with every key that follows it."""
    return ristretto.Evaluator.from_seed(key.blinding_seed(), _INFO)


def public_key_of(key: MasterKey) -> str:
    """Return the public key in hexadecimal, by which a site proves that every answer came from one and the same key."""
    return evaluator_of(key).public_key.serialize().hex()


def answer(requests: IO[str], answers: IO[str], key: MasterKey, quota: Quota) -> int:
    """Answer one site until it ends, and return how many elements were evaluated.

    Args:
        requests: Where the site's messages come from.
        answers: Where the answers go.
        key: The key holder's key.
        quota: What the site may ask for.
    """
    evaluator = evaluator_of(key)
    evaluated = 0
    try:
        opening = hear(requests)
        if opening != {"protocol": PROTOCOL, "suite": SUITE}:
            say(answers, refused="protocol")
            return evaluated
        say(answers, public_key=evaluator.public_key.serialize().hex(), left_today=quota.left())
        while (request := hear(requests)) is not None:
            elements = elements_in(unpacked(request.get("elements")))
            blinded = [ristretto.BlindedInput.deserialize(each) for each in elements]
            if not quota.take(len(elements)):
                say(answers, refused="quota", left_today=quota.left())
                return evaluated
            say(answers, evaluated=packed([evaluator.evaluate_batch(blinded).serialize()]))
            evaluated += len(elements)
    except (NotUnderstoodError, ValueError):
        say(answers, refused="request")
    return evaluated
