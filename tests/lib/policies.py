"""Policies that tests need beside the one in force."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from indicators.disclosure.policy import load_policy
from packs.pack import load_pack
from tests.conftest import TinyHome


@contextmanager
def judged_for_outsiders(home: TinyHome) -> Iterator[None]:
    """Let releases be judged for readers who know no numbers of their own.

    To reckon with units as well takes many minutes where all tables of practices are left out, as in a correction of
    so few people.
    """
    outsiders = load_policy(load_pack(home.settings.pack).folder / "disclosure.yaml").model_copy(
        update={"insiders": ()}
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("indicators.release.publish.load_policy", lambda _: outsiders)
        yield
