"""Ask every question about a patient once: an answer is kept beside the rows it was worked out from."""

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

Self = TypeVar("Self")
Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
Answers = dict[tuple[Hashable, ...], Any]
Question = Callable[Concatenate[Self, Asked], Answer]


def once_a_person(question: Question[Self, Asked, Answer]) -> Question[Self, Asked, Answer]:
    """Keep the answer for all periods: the question looks at nothing but the rows."""
    return _remembered(question, "of_person")


def once_a_period(question: Question[Self, Asked, Answer]) -> Question[Self, Asked, Answer]:
    """Keep the answer for one period."""
    return _remembered(question, "of_period")


def _remembered(question: Question[Self, Asked, Answer], kept: str) -> Question[Self, Asked, Answer]:
    name = question.__name__

    @wraps(question)
    def ask(self: Self, *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        answers: Answers = getattr(self, kept)
        key = (name, *args)
        if key not in answers:
            answers[key] = question(self, *args, **kwargs)
        answer: Answer = answers[key]
        return answer

    return ask
