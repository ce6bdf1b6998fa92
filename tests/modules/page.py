"""A page as its reader meets it: tables, links, fields with what stands in them and what is said at them."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.test.html import Element, parse_html


@dataclass
class Field:
    """A control with its value, the fault said at it, and its choices."""

    value: str
    fault: str
    choices: list[str]
    attributes: dict[str, str]


class Page:
    """An answer of the server, read: `Page(client.get(url))`."""

    def __init__(self, response: HttpResponse) -> None:
        self.response = response
        self.status = response.status_code
        content = response.content.decode()
        self._elements = list(_walk(parse_html(content))) if content else []

    @property
    def text(self) -> str:
        """Everything that is read on the page."""
        return _text(self._one("main"))

    @property
    def heading(self) -> str:
        return _text(self._one("h1"))

    @property
    def notices(self) -> list[str]:
        """What the notices above the content say."""
        return [_text(found) for found in _walk(self._one("main")) if "data-notice" in _attributes(found)]

    @property
    def summary(self) -> str:
        """What must be corrected, said first on the page; empty when there is no such thing."""
        found = self._by_id("error-summary")
        return _text(found) if found else ""

    @property
    def fields(self) -> dict[str, Field]:
        """The fields of the page's own forms by name, those that nobody sees left out."""
        return {name: self._field(found) for name, found in self._controls() if not _is_hidden(found)}

    def ticks(self, name: str) -> dict[str, bool]:
        """Return what can be ticked under a name, and whether it is."""
        labels = {_attributes(found).get("for"): _text(found) for found in self._all("label")}
        return {
            labels[_attributes(found)["id"]]: "checked" in _attributes(found)
            for found_name, found in self._controls()
            if found_name == name
        }

    @property
    def hidden(self) -> dict[str, str]:
        """What the page's own forms send along unseen."""
        return {name: _attributes(found)["value"] for name, found in self._controls() if _is_hidden(found)}

    @property
    def faults(self) -> dict[str, str]:
        """What is said next to each field, where anything is."""
        return {name: field.fault for name, field in self.fields.items() if field.fault}

    def rows(self, table: int = 0) -> list[list[str]]:
        """Return the cells of a table, row by row, without its headings."""
        tables = self._all("table")
        if not tables:
            return []
        body = next(found for found in _walk(tables[table]) if found.name == "tbody")
        rows = [found for found in _walk(body) if found.name == "tr"]
        return [[_text(cell) for cell in _walk(row) if cell.name in {"td", "th"}] for row in rows]

    def headings_of_table(self, table: int = 0) -> list[str]:
        head = next(found for found in _walk(self._all("table")[table]) if found.name == "thead")
        return [_text(cell) for cell in _walk(head) if cell.name == "th"]

    @property
    def links(self) -> dict[str, str]:
        """The addresses of the links by their text."""
        return {_text(found): _attributes(found).get("href", "") for found in self._all("a")}

    @property
    def buttons(self) -> dict[str, dict[str, str]]:
        """The attributes of the buttons by their text."""
        return {_text(found): _attributes(found) for found in self._all("button")}

    def terms(self) -> dict[str, str]:
        """Return what is said of each term of the page's lists of facts."""
        terms = [_text(found) for found in self._all("dt")]
        return dict(zip(terms, [_text(found) for found in self._all("dd")], strict=True))

    def _controls(self) -> list[tuple[str, Element]]:
        controls = [
            found for found in _walk(self._one("main")) if found.name in {"input", "select", "textarea"}
        ]
        return [(_attributes(found)["name"], found) for found in controls if _attributes(found).get("name")]

    def _field(self, control: Element) -> Field:
        attributes = _attributes(control)
        fault = self._by_id(f"{attributes.get('id', '')}_error")
        options = [found for found in _walk(control) if found.name == "option"]
        chosen = [found for found in options if "selected" in _attributes(found)] or options[:1]
        value = _attributes(chosen[0]).get("value", "") if chosen else attributes.get("value", "")
        return Field(
            value or "", _text(fault) if fault else "", [_text(found) for found in options], attributes
        )

    def _all(self, *names: str) -> list[Element]:
        return [found for found in self._elements if not names or found.name in names]

    def _one(self, name: str) -> Element:
        return self._all(name)[0]

    def _by_id(self, key: str) -> Element | None:
        return next((found for found in self._elements if _attributes(found).get("id") == key), None)


def _walk(element: Element):
    yield element
    for child in element.children:
        if isinstance(child, Element):
            yield from _walk(child)


def _attributes(element: Element) -> dict[str, str]:
    return dict(element.attributes)


def _text(element: Element) -> str:
    """Return the text with single spaces, no-break ones among them, without icons."""
    parts = [child if isinstance(child, str) else _text(child) for child in element.children]
    return " ".join(" ".join(parts).split())


def _is_hidden(control: Element) -> bool:
    return _attributes(control).get("type") == "hidden"
