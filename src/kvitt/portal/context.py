"""The frame of every page: who and where, the menu by rights, the day, the language."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext

import kvitt
from kvitt.foundation import clock
from kvitt.portal.rules.menu import MENU, Entry
from kvitt.registers.access import queries as access
from kvitt.registers.access.middleware import UNIT_IN_SESSION, WRITTEN_EVERY
from kvitt.registers.access.models import User
from kvitt.registers.access.rules import Actor, Permission

_LANGUAGES = {"sv": ("en", "English"), "en": ("sv", "Svenska")}


@dataclass(frozen=True)
class MenuItem:
    """An entry of the menu as the header shows it: a link, or a group of links."""

    label: str
    url: str
    current: bool
    shortcut: str = ""
    children: Sequence["MenuItem"] = ()


class Frame:
    """What `base.html` shows around every page; each part is found when the template asks for it."""

    version = kvitt.__version__

    def __init__(self, request: HttpRequest) -> None:
        """Remember the request."""
        self._request = request

    @cached_property
    def _user(self) -> User | None:
        user = getattr(self._request, "user", None)
        return user if isinstance(user, User) else None

    @cached_property
    def _actor(self) -> Actor | None:
        return actor_of(self._request)

    @property
    def signed_in(self) -> bool:
        """Whether somebody is signed in, with a unit or without."""
        return self._user is not None

    @property
    def seconds_to_warning(self) -> int:
        """How long a page is left alone until it warns that the session ends: two minutes before."""
        alone: timedelta = settings.KVITT_SESSION_IDLE - WRITTEN_EVERY - timedelta(minutes=2)
        return max(int(alone.total_seconds()), 60)

    @property
    def user(self) -> str:
        """The name of the user."""
        return self._user.name if self._user else ""

    @property
    def unit(self) -> str:
        """Where the user works now."""
        return self._actor.unit_text if self._actor else ""

    @property
    def role(self) -> str:
        """As what."""
        return self._actor.role_text if self._actor else ""

    @property
    def theme(self) -> str:
        """Light, dark, or as the computer."""
        return self._user.theme if self._user else "auto"

    @property
    def density(self) -> str:
        """How close the rows of a table stand."""
        return self._user.density if self._user else "normal"

    @property
    def shortcuts(self) -> bool:
        """Whether single keys do anything (WCAG 2.1.4)."""
        return self._user.has_shortcuts if self._user else False

    @cached_property
    def may_choose_unit(self) -> bool:
        """Whether there is another unit to choose."""
        if self._actor is not None and self._actor.unit_id is not None:
            return self._actor.has_other_units
        return self._user is not None and len(access.units_of(self._user)) > 1

    @property
    def may_search_patient(self) -> bool:
        """Whether the header has the patient search."""
        return self._actor is not None and self._actor.may(Permission.SEE_PATIENTS)

    @property
    def may_search_client(self) -> bool:
        """Whether the header has the search of a municipality's clients instead."""
        may = self._actor is not None and self._actor.may(Permission.SEE_CLIENTS)
        return may and not self.may_search_patient

    @cached_property
    def menu(self) -> list[MenuItem]:
        """The entries that the actor has a right to, in their order; none without a unit."""
        actor = self._actor
        return menu_of(actor, self._request) if actor and actor.unit_id is not None else []

    @property
    def environment(self) -> str:
        """The mark of a demo or test installation."""
        return str(settings.KVITT_ENVIRONMENT)

    @property
    def today(self) -> date:
        """The business date."""
        return clock.today()

    @property
    def today_is_fixed(self) -> bool:
        """Whether a setting holds the business date still."""
        return settings.KVITT_TODAY is not None

    @property
    def other_language(self) -> str:
        """The other language in its own words."""
        return self._other[1]

    @property
    def other_language_code(self) -> str:
        """The code of the other language."""
        return self._other[0]

    @property
    def _other(self) -> tuple[str, str]:
        return _LANGUAGES.get(get_language() or "", _LANGUAGES["sv"])


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Give every template the frame around it."""
    return {"frame": Frame(request)}


def actor_of(request: HttpRequest) -> Actor | None:
    """Return who acts, also on pages that are open to those who are signed out."""
    if hasattr(request, "actor"):
        actor: Actor = request.actor
        return actor
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return None
    return access.actor(user, request.session.get(UNIT_IN_SESSION, ""), today=clock.today())


def menu_of(actor: Actor, request: HttpRequest) -> list[MenuItem]:
    """Return the entries that the actor has a right to; the one that the request belongs to is current."""
    match = request.resolver_match
    name, namespace = (match.view_name, match.namespace) if match else ("", "")
    entries = [entry for entry in MENU if entry.is_for(actor)]
    here = next(
        (
            entry
            for known in (name, namespace)
            if known
            for entry in entries
            if known in _names_of(entry, actor)
        ),
        None,
    )
    return [_item(actor, entry, name, is_current=entry is here) for entry in entries]


def _names_of(entry: Entry, actor: Actor) -> frozenset[str]:
    """Return what an entry stands for, with what is below it for the actor."""
    children = [child for child in entry.children if child.is_for(actor)]
    names = {named.name for named in (entry, *children) if named.name}
    return entry.covers.union(names, *(child.covers for child in children))


def _url_of(entry: Entry) -> str:
    """Return where an entry leads; a group leads nowhere, and to several folders it is the first of them."""
    if not entry.name:
        return ""
    return reverse(entry.name, kwargs={"folder": entry.folder} if entry.folder else None)


def _item(actor: Actor, entry: Entry, name: str, *, is_current: bool) -> MenuItem:
    item = MenuItem(
        label=gettext(entry.label),
        url=_url_of(entry),
        current=is_current,
        shortcut=entry.shortcut,
    )
    children = [
        _item(actor, child, name, is_current=child.name == name)
        for child in entry.children
        if child.is_for(actor)
    ]
    return replace(item, children=children)
