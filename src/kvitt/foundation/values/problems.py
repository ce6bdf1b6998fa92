"""What a rule answers when something is wrong, and how a command refuses."""

import dataclasses
from collections.abc import Iterable, Mapping


@dataclasses.dataclass(frozen=True)
class Problem:
    """One thing that is wrong: a stable code, a message in English, and the field it belongs to.

    The message is a msgid with `%(name)s` placeholders that `values` fills after translation.
    It says what is wrong, where, and what to do. An empty `field` means the form as a whole.
    """

    code: str
    message: str
    field: str = ""
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        """The message in English with its values."""
        return self.message % self.values if self.values else self.message


class Refused(Exception):  # noqa: N818 - reads as a sentence where it is caught: "except Refused"
    """A command did nothing, because of these problems."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems; there is at least one."""
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))


def refuse_if_any(problems: Iterable[Problem]) -> None:
    """Raise `Refused` when there is any problem."""
    found = tuple(problems)
    if found:
        raise Refused(found)
