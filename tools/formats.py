"""Make what docs/formats holds of the claims file: the schema, the examples, and the list of fault codes.

They are made from the code, by `make formats`. With `--check` nothing is written: what is stale is a fault.
"""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from babel.messages.pofile import read_po

from kvitt.modules.special_care.exchange.claims_xml import SCHEMA
from kvitt.modules.special_care.rules.faults import ENTRY_REASONS, FAULTS, FILED_FAULTS, FaultKind
from kvitt.modules.special_care.rules.files import FILE_REFUSALS
from tools.claims_examples import EXAMPLES, GOOD, GOOD_TABLE, REFUSED, WORLD

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "formats"
MESSAGES = ROOT / "src" / "kvitt" / "locale" / "sv" / "LC_MESSAGES" / "django.po"
# Where each fault is in the file, by the field that it is of in the form: element in XML, column in CSV.
ELEMENTS = {
    "card_first_on": "first, card_first",
    "card_last_on": "last, card_last",
    "card_number": "number, card_number",
    "care_model": "careModel, care_model",
    "category": "category",
    "certificate_number": "certificateNumber, certificate_number",
    "clinic": "clinic",
    "code": "code",
    "comment": "comment",
    "county": "county",
    "entry": "det element som meddelandet nämner",
    "identity_number": "personalNumber, personal_number",
    "invoice_reference": "invoice/reference, invoice",
    "lines": "visit, rad",
    "location": "location",
    "performed_on": "date",
    "plan_number": "preauthorization",
    "price": "price och amount, amount",
    "reference": "reference",
}
LEVELS = {"stops": "stoppar", "warns": "varnar"}
_VALUE = re.compile(r"%\((\w+)\)s")


def main() -> int:
    """Write or check the files; return 1 when there are faults."""
    wanted = made()
    folder = FOLDER / "examples"
    unknown = {path for path in folder.glob("*") if path.is_file()} - wanted.keys()
    stale = [path for path, content in wanted.items() if not path.exists() or path.read_bytes() != content]
    if "--check" in sys.argv[1:]:
        for path in sorted({*stale, *unknown}):
            print(f"{path.relative_to(ROOT)} is stale: run make formats", file=sys.stderr)
        return 1 if stale or unknown else 0
    folder.mkdir(parents=True, exist_ok=True)
    for path in stale:
        path.write_bytes(wanted[path])
    for path in unknown:
        path.unlink()
    return 0


def made() -> dict[Path, bytes]:
    """Return every file that is made, with its content."""
    examples = FOLDER / "examples"
    return {
        FOLDER / SCHEMA.name: SCHEMA.read_bytes(),
        FOLDER / "fault-codes.md": page(swedish()).encode(),
        examples / "good.xml": GOOD.encode(),
        examples / "good.csv": GOOD_TABLE.encode(),
        **{examples / f"{code}.xml": content.encode() for code, content in EXAMPLES.items()},
        **{examples / name: content for name, content in REFUSED.items()},
    }


def swedish() -> Mapping[str, str]:
    """Return the Swedish of each English message."""
    with MESSAGES.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def page(words: Mapping[str, str]) -> str:
    """Return the list of fault codes as text."""
    typed = {code: kind for code, kind in FAULTS.items() if code not in FILED_FAULTS}
    lines = [
        "# Felkoder",
        "",
        "Vad som kan vara fel i en fakturafil och på en räkning, med koder som inte ändras. Listan görs av",
        "`make formats` ur programmet; ändra den inte här. Se även [formatet](claims-file.md).",
        "",
        "*Stoppar* hindrar räkningen, de andra i filen går vidare. *Varnar* hindrar ingenting. Elementet är",
        "det i XML, och kolumnen i CSV där den heter något annat. Ord inom klammer byts mot det som står i",
        "filen. Det svenska meddelandet är felet följt av vad som ska göras.",
        "",
        "Till varje kod hör en fil i [examples](examples). De förutsätter att:",
        "",
        WORLD,
        "## Räkningar, i formulär och i fil",
        "",
        *_table(typed, words),
        "",
        "## Räkningar och krediteringar i fil",
        "",
        *_table(FILED_FAULTS, words),
        "",
        "### Orsaker till `file_entry`",
        "",
        "| Orsak | Fel | Message |",
        "|---|---|---|",
        *(
            f"| `{code}` | {_plain(words.get(text, ''))} | {_plain(text)} |"
            for code, text in ENTRY_REASONS.items()
        ),
        "",
        "## Hela filen",
        "",
        "En sådan fil läses inte in alls.",
        "",
        "| Kod | Fel | Att göra | Message | Exempel |",
        "|---|---|---|---|---|",
        *(
            f"| `{code}` | {_split(words.get(text, ''))} | {_plain(text)} | {_refused_example(code)} |"
            for code, text in FILE_REFUSALS.items()
        ),
        "",
    ]
    return "\n".join(lines)


def _table(kinds: Mapping[str, FaultKind], words: Mapping[str, str]) -> list[str]:
    return [
        "| Kod | Nivå | Element, kolumn | Fel | Att göra | Message | Exempel |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| `{code}` | {LEVELS[kind.level]} | {ELEMENTS[kind.element]} "
            f"| {_split(words.get(kind.message, ''))} | {_plain(kind.message)} "
            f"| [xml](examples/{code}.xml) |"
            for code, kind in kinds.items()
        ),
    ]


def _refused_example(code: str) -> str:
    name = next((name for name in REFUSED if name.split(".")[0] == code), "")
    return (
        f"[{name.split('.')[1]}](examples/{name})" if name else "mer än 256 kB utan att en räkning tar slut"
    )


def _split(message: str) -> str:
    """Return the cells of what is wrong and of what to do."""
    text = _plain(message)
    cause, found, remedy = text.removeprefix("{reason} ").partition(". ")
    if text.startswith("{reason} "):
        return f"{{reason}} | {cause}"
    if not found:
        cause, _, remedy = text.partition(", ")
    return f"{cause}. | {remedy[:1].upper()}{remedy[1:]}"


def _plain(message: str) -> str:
    return _VALUE.sub(r"{\1}", message).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
