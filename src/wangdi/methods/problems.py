"""What is wrong with the input of a method, told all at once."""

from collections.abc import Sequence

from wangdi.engine.model.text import Text

SHOWN_PROBLEMS = 20
"""As many problems are told one by one; the number of the others is said."""


class BadInput(ValueError):
    """Input that a method cannot work with. ``problems`` say where, what and how to mend it."""

    def __init__(self, problems: Sequence[Text]) -> None:
        self.problems = tuple(_shortened(problems))
        super().__init__("\n".join(problem.en for problem in self.problems))

    def in_language(self, language: str) -> str:
        return "\n".join(problem.in_language(language) for problem in self.problems)


def _shortened(problems: Sequence[Text]) -> list[Text]:
    more = len(problems) - SHOWN_PROBLEMS
    if more <= 0:
        return list(problems)
    return [*problems[:SHOWN_PROBLEMS], Text(f"……另有 {more} 处", f"… and {more} more")]
