"""One address of the program, as the crawl knows it."""

from dataclasses import dataclass, field

from tests.journeys.pages.cast import ABROAD, EVERYBODY, MUNICIPALITY


@dataclass(frozen=True)
class Page:
    """One address: its name, what it holds (by key of `Sample.ids`), and who gets what.

    `queries` is the most statements that opening it may take. `may_post` does what it is for; those who open
    it, unless told. An address that `posts_only` has no page of its own: who opens it is sent to one.
    """

    name: str
    args: dict[str, str] = field(default_factory=dict)
    ok: set[str] = field(default_factory=lambda: EVERYBODY)
    hidden: set[str] = field(default_factory=set)
    queries: int = 12
    posts_only: bool = False
    signed_out: bool = False
    may_post: set[str] | None = None
    is_list: bool = False
    try_also: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, frozenset[str]]:
        """What tells it from every other address."""
        return self.name, frozenset(self.args)

    @property
    def strangers(self) -> set[str]:
        """Who belongs to another authority than what the address holds."""
        return EVERYBODY - MUNICIPALITY if self.name.startswith("care_fees:") else ABROAD

    @property
    def id(self) -> str:
        """What a test of it is called."""
        return "+".join([self.name, *self.args])

    def status(self, viewer: str) -> int:
        """Return what opening it answers."""
        if viewer in self.ok:
            return 200
        return 404 if viewer in self.hidden else 403


def pages_about(**args: str):
    """Return a function that makes pages whose addresses hold the same."""

    def page(name: str, **facts: object) -> Page:
        return Page(name, args, **facts)

    return page
