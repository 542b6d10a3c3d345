"""Questions that several definitions answer: content of the disease, `questions.yaml` beside its definitions."""

from collections.abc import Iterable
from functools import cache

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from indicators.definitions.definition import Part, Text
from indicators.definitions.reading import describe_fault, disease_folder, read_yaml

FILE = "questions.yaml"


class Question(Part):
    """One question and the definitions that answer it, in the order in which a country's stand beside each other."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Text
    answered_by: tuple[str, ...] = Field(min_length=1)


class Questions(Part):
    """All questions of a disease."""

    questions: tuple[Question, ...]

    @model_validator(mode="after")
    def _answered_once(self) -> "Questions":
        for what, names in (
            ("question", [each.id for each in self.questions]),
            ("definition", [name for each in self.questions for name in each.answered_by]),
        ):
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"the {what} {', '.join(twice)} stands there twice")
        return self


@cache
def load_questions(disease: str) -> tuple[Question, ...]:
    """Return the questions of a disease, in order; none where it has no such file.

    Raises:
        DefinitionError: The file is written wrongly.
    """
    path = disease_folder(disease) / FILE
    if not path.is_file():
        return ()
    try:
        raw = TypeAdapter(list[dict]).validate_python(read_yaml(path))
        return Questions.model_validate({"questions": raw}).questions
    except ValidationError as fault:
        raise describe_fault(path, fault, Question) from None


def question_of(questions: Iterable[Question], name: str) -> Question | None:
    """Return the question that a definition answers, None when it answers none that is asked elsewhere."""
    return next((each for each in questions if name in each.answered_by), None)
