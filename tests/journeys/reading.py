"""Read a page as the tests need it: its texts, links, forms, and what the security policy forbids."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

# Attributes whose values people see or hear.
SPOKEN = {"alt", "aria-label", "aria-description", "data-label", "label", "placeholder", "title"}
ADDRESSES = {"action", "data-picker", "formaction", "href", "hx-get", "hx-post", "src"}
VOID = {"br", "hr", "img", "input", "link", "meta", "rect", "path", "circle", "line", "polyline"}
UNSPOKEN = {"script", "style"}


@dataclass
class Control:
    """A control of a form: an input, a choice with its options, or a text area."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    """A form as it stands on the page, filled in as it came."""

    method: str
    action: str
    controls: list[Control] = field(default_factory=list)

    def values(self) -> dict[str, str]:
        """Return what would be sent now."""
        return {control.name: control.value for control in self.controls}


class Reading(HTMLParser):
    """A page that has been read: `Reading(html)`."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.language = ""
        self.texts: list[str] = []
        self.quoted: set[str] = set()  # texts in another language than the page, and marked so
        self.links: list[str] = []  # every address on the page
        self.fetched: list[str] = []  # those that the browser itself asks
        self.dialogs: list[str] = []  # addresses that a script opens in a dialog
        self.forms: list[Form] = []
        self.forbidden: list[str] = []
        self._form: Form | None = None
        self._silent = ""
        self._quoting: list[str] = []
        self._text_area: Control | None = None
        self._choice: Control | None = None
        self.feed(html)
        self.close()

    @property
    def main_forms(self) -> list[Form]:
        """The forms that send something, without those of the page's frame."""
        frame = ("/patients/search/", "/sign-out/", "/language/")
        return [form for form in self.forms if form.method == "post" and form.action not in frame]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.forbidden += [f"{name} on <{tag}>" for name in given if name == "style" or name.startswith("on")]
        self.texts += [given[name] for name in SPOKEN & given.keys() if given[name].strip()]
        addresses = [given[name] for name in ADDRESSES & given.keys()]
        self.links += addresses
        self.fetched += addresses if tag != "a" else []
        if "data-dialog" in given:
            self.dialogs.append(given["href"])
        if tag == "html":
            self.language = given.get("lang", "")
        elif self._quoting or given.get("lang", self.language) != self.language:
            self._quoting += [] if tag in VOID else [tag]
        if tag in UNSPOKEN:
            self._silent = tag
            if "src" not in given:
                self.forbidden.append(f"<{tag}> in the page")
        if tag == "form":
            self._form = Form(given.get("method", "get").lower(), given.get("action", ""))
            self.forms.append(self._form)
        if self._form is not None:
            self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str]) -> None:  # noqa: C901 - one branch per control
        assert self._form is not None
        name, controls = given.get("name", ""), self._form.controls
        if tag == "option" and self._choice is not None:
            self._choice.options.append(given.get("value", ""))
            if "selected" in given or len(self._choice.options) == 1:
                self._choice.value = given.get("value", "")
        elif not name:
            return
        elif tag == "select":
            self._choice = Control(name, "select")
            controls.append(self._choice)
        elif tag == "textarea":
            self._text_area = Control(name, "textarea")
            controls.append(self._text_area)
        elif tag == "input":
            kind, value = given.get("type", "text"), given.get("value", "")
            known = next((control for control in controls if control.name == name), None)
            if kind in {"radio", "checkbox"} and "checked" not in given:
                chosen = ""
            else:
                chosen = value or ("on" if kind == "checkbox" else "")
            if known is None:
                known = Control(name, kind, chosen)
                controls.append(known)
            elif chosen:
                known.value = chosen
            if kind in {"radio", "checkbox"}:
                known.options.append(value or "on")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._quoting:
            while self._quoting.pop() != tag:
                pass
        if tag == self._silent:
            self._silent = ""
        elif tag == "form":
            self._form = None
        elif tag == "textarea" and self._text_area is not None:
            # The newline after the tag belongs to HTML, not to the text.
            self._text_area.value = self._text_area.value.removeprefix("\r\n").removeprefix("\n")
            self._text_area = None
        elif tag == "select":
            self._choice = None

    def handle_data(self, data: str) -> None:
        if self._text_area is not None:
            self._text_area.value += data
        elif self._silent:
            self.forbidden += ["script or style with content"] if data.strip() else []
        elif data.strip():
            self.texts.append(re.sub(r"\s+", " ", data).strip())
            self.quoted |= {self.texts[-1]} if self._quoting else set()
