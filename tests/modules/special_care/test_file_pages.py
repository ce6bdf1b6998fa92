"""*Ladda upp fakturafil* and the page of a file: what is handed in, shown, decided, printed and exported."""

import datetime as dt
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags

from kvitt.audit.models import Event, Subject
from kvitt.foundation import clock
from kvitt.modules.special_care.commands import files
from kvitt.modules.special_care.models import ClaimsFile, FileFault
from kvitt.modules.special_care.queries import file_pages
from kvitt.modules.special_care.rules.faults import FAULTS
from kvitt.modules.special_care.tables.files import ELEMENTS
from kvitt.registers.mailing.models import MailAddress, MailChoice, OutgoingMail
from tests.modules.special_care.filing import Written, hand_in, work

pytestmark = pytest.mark.django_db
UPLOAD = "/special-care/claims-files/"
NAME = "fakturafil-2024-11.xml"
GRETA = "19450312-9803"


@pytest.fixture
def world(own_special_world):
    return own_special_world


@pytest.fixture
def lisa(world, sign_in):
    return sign_in(world, "lisa")


def page_of(found):
    return reverse("special_care:claims_file", args=[found.pk])


def handed_in(world, *, faults=(), clinic=None, **facts):
    """Return a file of Lisa's clinic, checked unless told, with faults as (place, code, level, values)."""
    given = {
        "authority": world.region,
        "clinic": clinic or world.ryd,
        "name": NAME,
        "size": 40_000_000,
        "sha256": "0" * 64,
        "stored_name": f"00000000-0000-4000-8000-{ClaimsFile.objects.count():012}",
        "status": "checked",
        "checked_count": 3,
        "faulty_count": len({place for place, _code, level, _values in faults if level == "stops"}),
        "fault_count": len(faults),
        "uploaded_at": clock.now(),
        "uploaded_by": "Lisa Demostrand",
    }
    found = ClaimsFile.objects.create(**given | facts)
    FileFault.objects.bulk_create(
        FileFault(
            file=found,
            place=place,
            line=10 * place,
            clinic_number="1111",
            reference=f"98089{place}",
            identity_number=GRETA,
            code=code,
            level=level,
            element="performed_on",
            values=values,
        )
        for place, code, level, values in faults
    )
    return found


# The seed's two messages, and a warning of the same claim as the second.
SEED_FAULTS = (
    (2, "unknown_plan", "stops", {"number": "T2024-000099"}),
    (3, "no_certificate", "stops", {"support": "N", "day": "2024-11-18"}),
    (3, "no_fee", "warns", {"day": "2024-11-18"}),
)


def text_of(answer):
    return answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")


# Handing in ---------------------------------------------------------------------------------------


@pytest.mark.requirement("SC-12a")
def test_clinic_that_has_handed_in_nothing_is_told_what_a_file_holds(lisa):
    page = text_of(lisa.get(UPLOAD))

    assert "Välj fil på datorn" in page
    assert "Endast granska" in page
    assert "Mottagningen har inte lämnat in någon fil" in page
    assert '<a href="/special-care/claims-files/"' in page  # the menu


@pytest.mark.requirement("SC-12a")
@pytest.mark.parametrize("is_check_only", [False, True])
def test_file_is_handed_in_and_waits_to_be_checked(lisa, settings, tmp_path, is_check_only):
    settings.KVITT_DOCUMENTS = tmp_path
    content = b"<claimsFile/>" * 100
    typed = {"file": SimpleUploadedFile(NAME, content), **({"is_check_only": "on"} if is_check_only else {})}

    answer = lisa.post(UPLOAD, typed)

    found = ClaimsFile.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, page_of(found))
    assert (found.name, found.size, found.status) == (NAME, 1_300, "waiting")
    assert found.is_check_only == is_check_only
    page = text_of(lisa.get(page_of(found)))
    assert NAME in page
    assert "Väntar på granskning" in page
    assert NAME in text_of(lisa.get(UPLOAD))


@pytest.mark.requirement("SC-12a", "SC-13")
@pytest.mark.parametrize(
    ("size", "message"),
    [
        (0, "Filen är tom. Exportera den igen ur journalsystemet."),
        (3_001, "Filen är 3 kB, och högst 3 kB tas emot. Exportera räkningarna till flera filer."),
        (None, "Välj filen som ska laddas upp."),
    ],
)
def test_file_that_cannot_be_taken_is_told_why_at_the_field(lisa, settings, size, message):
    settings.KVITT_LARGEST_UPLOADS = {"special_care:upload_claims_file": 3_000}
    typed = {} if size is None else {"file": SimpleUploadedFile(NAME, b"x" * size)}

    answer = lisa.post(UPLOAD, typed)

    assert answer.status_code == 422
    assert message in text_of(answer)
    assert not ClaimsFile.objects.exists()


def test_page_takes_files_that_others_do_not(settings):
    assert settings.KVITT_LARGEST_UPLOADS["special_care:upload_claims_file"] > settings.KVITT_LARGEST_UPLOAD


# Following ----------------------------------------------------------------------------------------


@pytest.mark.requirement("SC-13")
def test_page_of_a_file_that_is_worked_on_asks_for_itself_again(world, lisa):
    now = clock.now()
    found = handed_in(
        world,
        status="checking",
        checked_bytes=12_300_000,
        checked_count=12_345,
        faulty_count=67,
        held_until=now + dt.timedelta(minutes=1),
    )

    page = text_of(lisa.get(page_of(found)))

    assert 'hx-trigger="every 2s"' in page
    assert "12 345 räkningar lästa hittills, 67 med fel" in page
    assert "12,3 MB av 40 MB" in page
    assert 'max="40000000" value="12300000"' in page
    assert "Ingen har arbetat med filen" not in page
    assert not Event.objects.filter(action="special_care.claims_file").exists()


@pytest.mark.requirement("SC-13")
@pytest.mark.parametrize(
    ("facts", "is_left"),
    [
        ({"status": "waiting"}, False),
        ({"status": "waiting", "uploaded_at": -61}, True),
        ({"status": "checking", "uploaded_at": -600, "held_until": 30}, False),
        ({"status": "checking", "uploaded_at": -600, "held_until": -61}, True),
        ({"status": "loaded", "uploaded_at": -600}, False),
    ],
)
def test_file_that_no_worker_takes_is_told_kindly(world, lisa, facts, is_left):
    now = clock.now()
    moments = {
        name: now + dt.timedelta(seconds=value) for name, value in facts.items() if isinstance(value, int)
    }
    found = handed_in(world, **{**facts, **moments})

    assert ("Ingen har arbetat med filen" in text_of(lisa.get(page_of(found)))) is is_left


@pytest.mark.requirement("SC-13")
def test_last_answer_brings_the_whole_page(world, lisa):
    found = handed_in(world, faults=SEED_FAULTS)

    answer = lisa.get(page_of(found), headers={"HX-Request": "true", "HX-Target": "file-state"})

    assert (answer["HX-Retarget"], answer["HX-Reselect"]) == ("main", "main")


# The fault list -----------------------------------------------------------------------------------


@pytest.mark.requirement("SC-12a", "SC-14")
def test_fault_list_has_the_columns_and_messages_of_the_manual(world, lisa):
    found = handed_in(world, faults=SEED_FAULTS)

    answer = lisa.get(page_of(found))

    page = answer.context["page"]
    headings = [heading.label for heading in page.headings]
    assert headings[:4] == ["Kliniknummer", "Räkningsnummer", "Personnummer", "Felmeddelande"]
    assert headings[4:] == ["Nivå", "Rad i filen", "Fält"]
    plan, certificate, fee = ([strip_tags(str(cell.html)) for cell in row.cells] for row in page.rows)
    assert plan[3].startswith("Räkningens förhandsbedömningsnummer T2024-000099 är ogiltigt.")
    assert certificate[3].startswith("Patienten saknar giltigt intyg för N-tandvård.")
    assert certificate[:3] == ["1111", "980893", GRETA]
    assert "Stoppar" in certificate[4]
    assert "Varnar" in fee[4]
    assert certificate[5:] == ["30", "Åtgärdsdatum"]
    # The second fault of the same claim stands under the first.
    assert fee[:3] == certificate[:3]
    assert all("kv-again" in str(cell.html) for cell in page.rows[2].cells[:3])
    text = text_of(answer)
    assert "1 av 3 är felfri." in text
    assert "Filen innehåller fel" in text


@pytest.mark.requirement("SC-14")
def test_faults_are_filtered_by_kind_and_level(world, lisa):
    found = handed_in(world, faults=SEED_FAULTS)

    def places(**query):
        rows = lisa.get(page_of(found), query).context["page"].rows
        return [strip_tags(str(row.cells[3].html)).partition(" ")[0] for row in rows]

    assert places(code="no_certificate") == ["Patienten"]
    assert places(level="warns") == ["Besöket"]
    assert len(places(code="no_such_fault", level="never")) == 3
    with translation.override("sv"):
        kinds = dict(file_pages.fault_kinds(found))
    assert kinds["unknown_plan"] == "Räkningens förhandsbedömningsnummer … är ogiltigt (1)"


@pytest.mark.requirement("SC-14", "CO-30")
def test_whoever_reads_a_fault_list_is_logged_with_the_patients_that_are_known(world, lisa):
    found = handed_in(world, faults=SEED_FAULTS)
    FileFault.objects.filter(place=2).update(identity_number="19500101-9999")

    for query in ({}, {"print": "1"}, {"format": "xlsx"}):
        Event.objects.filter(is_read=True).update(is_read=False)
        lisa.get(page_of(found), query)
        event = Event.objects.get(is_read=True)
        assert (event.action, event.subject_key) == ("special_care.claims_file", str(found.pk))
        assert list(Subject.objects.filter(event=event).values_list("person_id", flat=True)) == [
            world.greta.pk
        ]


@pytest.mark.requirement("SC-14")
def test_list_is_printed_and_exported_whole(world, lisa, monkeypatch):
    monkeypatch.setattr("kvitt.foundation.tables.ROWS_PER_PAGE", 2)
    found = handed_in(world, faults=[(place, *SEED_FAULTS[1][1:]) for place in range(1, 61)])

    assert len(lisa.get(page_of(found)).context["page"].rows) == 2
    printed = lisa.get(page_of(found), {"print": "1"})
    assert len(printed.context["page"].rows) == 60
    assert "data-print" in text_of(printed)
    monkeypatch.setattr(file_pages, "MOST_PRINTED", 50)
    assert "Bara de första 50 felen skrivs ut." in text_of(lisa.get(page_of(found), {"print": "1"}))

    book = b"".join(lisa.get(page_of(found), {"format": "xlsx"}).streaming_content)
    _filters, headings, *rows = openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows(values_only=True)
    assert headings[-1] == "Felkod"
    assert len(rows) == 60
    assert rows[1][:3] == ("1111", "980892", GRETA)
    assert (rows[1][4], rows[1][5], rows[1][7]) == ("Stoppar", 20, "no_certificate")


@pytest.mark.requirement("SC-14")
def test_long_list_takes_as_many_statements(world, lisa, django_assert_max_num_queries):
    found = handed_in(world, faults=[(place, *SEED_FAULTS[1][1:]) for place in range(1, 121)])

    with django_assert_max_num_queries(15):
        lisa.get(page_of(found), {"page": "2"})


# Refused, decided, received -----------------------------------------------------------------------


@pytest.mark.requirement("SC-13")
def test_refused_file_says_why_and_leads_back(world, lisa):
    found = handed_in(world, status="refused", refusal="file_empty", checked_count=0)

    page = text_of(lisa.get(page_of(found)))

    assert "Filen kan inte läsas." in page
    assert "Tillbaka till filuppladdningen" in page
    assert "hx-trigger" not in page.partition("file-state")[2].partition("</section>")[0]


@pytest.mark.requirement("SC-15")
def test_clinic_chooses_to_take_in_the_faultless(world, lisa):
    found = handed_in(world, faults=SEED_FAULTS)

    answer = lisa.post(reverse("special_care:load_claims_file", args=[found.pk]), follow=True)

    assert answer.redirect_chain == [(page_of(found), 303)]
    assert "Läses in" in text_of(answer)
    again = lisa.post(reverse("special_care:discard_claims_file", args=[found.pk]), follow=True)
    assert again.redirect_chain == [(page_of(found), 303)]
    assert "Någon annan har just bestämt" in text_of(again)


@pytest.mark.requirement("SC-15")
def test_clinic_goes_back_and_takes_in_nothing(world, lisa):
    found = handed_in(world, faults=SEED_FAULTS)

    answer = lisa.post(reverse("special_care:discard_claims_file", args=[found.pk]))

    assert (answer.status_code, answer["Location"]) == (303, UPLOAD)
    assert "Inget i filen är inläst." in text_of(lisa.get(page_of(found)))


@pytest.mark.requirement("SC-14", "SC-15")
@pytest.mark.parametrize(
    ("facts", "offers", "offers_not"),
    [
        ({"faults": SEED_FAULTS}, ["/load/", "/discard/"], []),
        (
            {"faults": SEED_FAULTS, "is_check_only": True},
            ["Den är bara granskad: inget är inläst."],
            ["/load/", "/discard/"],
        ),
        ({"faults": SEED_FAULTS, "checked_count": 2}, ["/discard/", "Ingen räkning är felfri."], ["/load/"]),
        ({"is_check_only": True}, ["Filen har inget fel som stoppar"], ["/load/", "/discard/"]),
        (
            {"faults": SEED_FAULTS, "status": "loaded", "taken_count": 1, "taken_amount": 98_000},
            ["980 kr", "/special-care/invoices/processing/", "De felfria räkningarna är mottagna."],
            ["/load/", "/discard/"],
        ),
    ],
    ids=["faults", "check only", "all faulty", "faultless", "received"],
)
def test_what_can_be_done_follows_the_state(world, lisa, facts, offers, offers_not):
    found = handed_in(world, **facts)

    page = text_of(lisa.get(page_of(found))).partition("<main")[2]

    assert [text for text in offers if text not in page] == []
    assert [text for text in offers_not if text in page] == []


@pytest.mark.requirement("SC-15")
def test_file_that_was_handed_in_before_says_so(world, lisa):
    first, again = handed_in(world), handed_in(world, faults=SEED_FAULTS)

    assert "Samma fil lämnades in" not in text_of(lisa.get(page_of(first)))
    assert "Samma fil lämnades in" in text_of(lisa.get(page_of(again)))


# Who ----------------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-4", "SC-12a")
def test_file_is_the_clinics_own(world, sign_in):
    found = handed_in(world, faults=SEED_FAULTS, uploaded_by="Maja Provsson", name="f" * 200)
    abroad = handed_in(world, clinic=world.linghem)

    lisa, mats, anna = (sign_in(world, name) for name in ("lisa", "mats", "anna"))

    assert "Maja Provsson" in text_of(lisa.get(page_of(found)))
    assert [row.url for row in lisa.get(UPLOAD).context["page"].rows] == [page_of(found)]
    for url in (page_of(found), f"{page_of(found)}load/", f"{page_of(found)}discard/"):
        assert mats.get(url).status_code == 404
        assert anna.get(url).status_code == 403
    assert lisa.get(page_of(abroad)).status_code == 404


def test_every_element_that_a_fault_points_at_has_a_name():
    assert {kind.element for kind in FAULTS.values()} <= ELEMENTS.keys()


# Telling the clinic -------------------------------------------------------------------------------


@pytest.mark.requirement("SC-16", "CO-29")
def test_clinic_is_told_by_counts_alone_that_a_file_is_received(world, settings, tmp_path):
    settings.KVITT_DOCUMENTS = tmp_path
    settings.KVITT_BASE_URL = "https://kvitt.example.org"
    MailChoice.objects.create(clinic=world.ryd, event="claims_file_received", chosen_on=world.today)
    MailAddress.objects.create(clinic=world.ryd, address="ryd@example.org")
    entries = [Written("A1"), Written("A2", number="196006099805")]

    found = work(hand_in(world, *entries))
    assert not OutgoingMail.objects.exists()
    files.load_file(world.actor("lisa"), file_id=found.pk)
    work(found)

    mail = OutgoingMail.objects.get()
    assert mail.subject == "Kvitt: En fakturafil har tagits emot"
    assert "Mottagna räkningar: 1. Räkningar som utelämnats på grund av fel: 1." in mail.body
    assert "https://kvitt.example.org/special-care/claims-files/\n" in mail.body
