"""No English is left on the Swedish pages and no Swedish on the English; the words are the seeds'."""

import re
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.urls import reverse

from kvitt.registers.access.middleware import LANGUAGE_COOKIE
from tests.care_world import INTAKE, SERVICE_NAMES
from tests.journeys.pages import PAGES
from tests.journeys.reading import Reading

pytestmark = [pytest.mark.requirement("CO-32"), pytest.mark.looks]

SWEDISH = Path("locale/sv/LC_MESSAGES/django.po")
DJANGO = Path(django.__file__).parent
VIEWERS = ["anna", "eva", "gustav", "ivar", "jenny", "bodil", "mona", "nobody"]
HOLE = re.compile(r"%\(\w+\)[sd]|%[sd]")
LETTERS = re.compile(r"[^\W\d_]")
SHORT = 3  # letters: an abbreviation or a unit, the same in both languages


def texts(folder: Path) -> list[tuple[str, str]]:
    """Return every text of a translation with its Swedish, plural forms one by one."""
    with (folder / SWEDISH).open("rb") as file:
        catalog = read_po(file)
    found = []
    for message in catalog:
        if message.id and not message.fuzzy:
            ids, strings = message.id, message.string
            found += zip(ids, strings, strict=False) if isinstance(ids, tuple | list) else [(ids, strings)]
    return found


OURS = texts(settings.PACKAGE)
# What Django itself says to the user, in forms.
DJANGOS = [pair for pair in texts(DJANGO / "conf") if len(pair[0].split()) > 2]

# Clinics know this sentence from the system before: spec SC-14.
SEEDS_OWN = "Räkningens förhandsbedömningsnummer %(number)s är ogiltigt."


class Words:
    """What may not stand on a page: as a whole text, or within one where it is unmistakably long."""

    def __init__(self, wrong: list[str], right: list[str]) -> None:
        kept = set(right)
        wanted = [text for text in wrong if text and text not in kept and len(LETTERS.findall(text)) > SHORT]
        self.whole = {clean(text) for text in wanted if not HOLE.search(text)}
        self.within = [clean(text) for text in wanted if len(text.split()) > 3 and not HOLE.search(text)]
        # A text with holes is known by its longest part without one.
        parts = [max(HOLE.split(text), key=len) for text in wanted if HOLE.search(text)]
        self.within += [clean(part) for part in parts if len(part.split()) > 3]

    def found_in(self, shown: list[str]) -> Iterator[str]:
        for text in set(shown):
            if text in self.whole:
                yield text
            else:
                yield from (f"{part} (in: {text})" for part in self.within if part in text)


def clean(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


ENGLISH_WORDS = Words(
    [english for english, _ in [*OURS, *DJANGOS]], [swedish for _, swedish in [*OURS, *DJANGOS]]
)
# What is copied and shown as it was, whatever the language.
DATA = {"Självrisk", "Befolkningsansvar", "Patientavgift", "Hyresfri månad", INTAKE, *SERVICE_NAMES}
SWEDISH_WORDS = Words(
    [swedish for _, swedish in [*OURS, *DJANGOS] if swedish not in DATA],
    [english for english, _ in [*OURS, *DJANGOS]],
)


def answers(client, viewer: str, sample) -> Iterator[tuple[str, str]]:
    """Yield every page the viewer opens: as it is, as a dialog, and with its faults after empty sending."""
    for page in PAGES:
        opens = page.signed_out if viewer == "nobody" else viewer in page.ok
        if not opens or page.posts_only:
            continue
        url = reverse(page.name, kwargs={name: sample.ids[key] for name, key in page.args.items()})
        asked = [(f"{url}{query}", client.get(f"{url}{query}")) for query in ("", *page.try_also)]
        asked.append((f"{url} (part)", client.get(url, headers={"HX-Request": "true"})))
        if not page.is_list:
            refused = client.post(url, {})
            asked += [(f"{url} (faults)", refused)] if refused.status_code == 422 else []
        for where, response in asked:
            if response.headers.get("Content-Type", "").startswith("text/html") and response.content:
                yield where, response.content.decode()


@pytest.mark.parametrize(
    ("language", "words"), [("sv", ENGLISH_WORDS), ("en", SWEDISH_WORDS)], ids=["swedish", "english"]
)
@pytest.mark.parametrize("viewer", VIEWERS)
def test_pages_speak_one_language(viewer, language, words, sample, client_of):
    client = client_of(viewer)
    client.cookies[LANGUAGE_COOKIE] = language

    faults = []
    for where, html in answers(client, viewer, sample):
        reading = Reading(html)
        if "<html" in html and reading.language != language:
            faults.append(f"{where}: lang is {reading.language!r}")
        shown = [clean(text) for text in reading.texts if text not in reading.quoted]
        faults += [f"{where}: {text}" for text in words.found_in(shown) if text not in DATA]
    assert not faults, "\n".join(faults)


def test_every_text_is_translated():
    with (settings.PACKAGE / SWEDISH).open("rb") as file:
        catalog = read_po(file)

    faults = []
    for message in catalog:
        strings = message.string if isinstance(message.string, tuple | list) else [message.string]
        if message.id and (message.fuzzy or not all(strings)):
            faults.append(str(message.id))
    assert not faults, "\n".join(faults)


def test_translations_have_the_same_holes():
    faults = [
        f"{english!r}: {swedish!r}"
        for english, swedish in OURS
        if swedish and sorted(HOLE.findall(english)) != sorted(HOLE.findall(swedish))
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.requirement("QU-24")
def test_translations_are_written_as_ours_are():
    """No exclamation marks and no regrets; Swedish sentences end as the English ones do."""
    faults = []
    for english, swedish in OURS:
        ours = swedish.removeprefix(SEEDS_OWN).lower()
        if "!" in ours or "tyvärr" in ours or "ogiltig" in ours:
            faults.append(swedish)
        elif swedish and (english[-1] in ".?:") != (swedish[-1] in ".?:"):
            faults.append(f"{english!r}: {swedish!r}")
    assert not faults, "\n".join(faults)


def test_other_language_is_one_click_away(sample, client_of):
    client = client_of("anna")
    url = reverse("needs_allowance:case", args=[sample.ids["case"]])

    form = next(
        form for form in Reading(client.get(url).content.decode()).forms if "language" in form.values()
    )
    client.post(form.action, form.values(), follow=True)

    assert Reading(client.get(url).content.decode()).language == "en"
    assert form.values()["next"] == url


@pytest.mark.parametrize(
    ("viewer", "name", "labels"),
    [
        ("anna", "portal:start", ["Hem", "Listade patienter", "Behovspeng", "Fakturering", "Logga ut"]),
        ("anna", "dental_records:patient_reports", ["Vårdrapportnummer", "Skapad", "Status", "Fastställd"]),
        ("anna", "listings:patient", ["Vårdrapport", "Listningar", "Behovspeng", "Patientkontakter"]),
        ("anna", "needs_allowance:case", ["Lägg till åtgärdskod", "Händelselogg", "Fakturerbart belopp:"]),
        ("anna", "needs_allowance:case", ["Förhandsbedömningar", "Ärendestatus", "Skickad", "Se FHB"]),
        (
            "anna",
            "needs_allowance:create_request",
            ["Motivering för behandling", "Spara förhandsbedömning", "Begär förhandsbedömning", "Avbryt"],
        ),
        (
            "anna",
            "needs_allowance:request",
            [
                "Ärendestatus",
                "Beslutsdatum",
                "Motivering till beslut",
                "Beslutade åtgärder",
                "Markera som läst",
            ],
        ),
        ("anna", "needs_allowance:create_invoice", ["Er fakturareferens", "Hämta fakturaunderlag"]),
        ("anna", "ledger:search_invoices", ["Exportera till excel", "Rensa", "Sök"]),
        (
            "jenny",
            "portal:start",
            ["Befolkningsansvar", "Sök och hantera aktiviteter", "Åtgärdskoder", "Sök åtgärdskoder"],
        ),
        (
            "jenny",
            "population_health:search_activities",
            [
                "Sök och hantera aktiviteter",
                "Skapa aktivitet",
                "Exportera till excel",
                "Rensa",
                "Sök",
                "Ta bort",
            ],
        ),
        (
            "jenny",
            "population_health:create_activity",
            ["Skapa aktivitet", "Antal deltagare", "Personnummer på deltagare", "Skapa"],
        ),
        (
            "jenny",
            "population_health:case",
            [
                "Aktivitetsinformation",
                "Behandlare och mottagning",
                "Åtgärder",
                "Antal åtgärder:",
                "Totalsumma:",
            ],
        ),
        (
            "jenny",
            "ledger:search_lines",
            ["Sök åtgärdskoder", "Godkänd", "Raderad", "Fakturerad", "Inväntar kreditering", "Krediterad"],
        ),
        (
            "lisa",
            "special_care:upload_claims_file",
            ["Ladda upp fakturafil", "Välj fil på datorn", "Endast granska", "Ladda upp"],
        ),
        (
            "lisa",
            "special_care:claims_file",
            [
                *("Kliniknummer", "Räkningsnummer", "Personnummer", "Felmeddelande"),
                *("Ladda upp", "Tillbaka till filuppladdningen", "Exportera till excel"),
            ],
        ),
        ("cilla", "portal:support", ["Välj mottagning", "Logga ut"]),
        ("anna", "portal:question", ["Markera som läst"]),
    ],
)
def test_labels_are_those_of_the_seeds(viewer, name, labels, sample, client_of):
    client = client_of(viewer)
    if viewer == "cilla":
        client.post(reverse("access:choose_unit"), {"unit": f"clinic:{sample.world.ryd.pk}"})
    page = next(page for page in PAGES if page.name == name)

    url = reverse(name, kwargs={name: sample.ids[key] for name, key in page.args.items()})
    shown = Reading(client.get(url).content.decode()).texts

    assert [label for label in labels if label not in shown] == []
