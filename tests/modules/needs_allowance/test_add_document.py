"""A clinic adds files to its case: checked, stored, listed, logged."""

import datetime as dt
import io
import tempfile
import tracemalloc

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.test import RequestFactory

from kvitt.foundation.values.problems import Refused
from kvitt.modules.needs_allowance.commands import documents
from kvitt.preauthorization.models import Preauthorization
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.documents.commands import Upload
from kvitt.registers.documents.lifecycle import DocumentKind
from kvitt.registers.documents.models import Document
from kvitt.registers.price_lists.models import ParameterValue
from tests import files

pytestmark = pytest.mark.requirement("NA-11")
AFTER = dt.date(2025, 11, 20)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """A folder of the test's own for what is uploaded."""
    settings.KVITT_DOCUMENTS = tmp_path / "documents"
    return settings.KVITT_DOCUMENTS


@pytest.fixture
def number(world):
    """A case of Elsa's, begun today."""
    return world.create_case(world.elsa)


@pytest.fixture
def nothing_stored(folder):
    """Return a function that tells whether neither a row nor a file is there."""
    return lambda: not Document.objects.exists() and not any(path.is_file() for path in folder.rglob("*"))


def sent(name="opg.png", content=None, **typed):
    content = files.png() if content is None else content
    return {"kind": "xray", "file": SimpleUploadedFile(name, content, "text/html"), **typed}


def request_for(world, number, status):
    """Make a request of the case that stands so."""
    is_sent = status not in {"not_sent", "removed"}
    Preauthorization.objects.create(
        authority=world.region,
        module="needs_allowance",
        case_number=number,
        clinic=world.ryd,
        person=world.elsa,
        status=status,
        motivation="Behövs",
        created_on=world.today,
        sent_on=world.today if is_sent else None,
        decided_on=world.today if status == "decided" else None,
    )


# What is written ----------------------------------------------------------------------------------


@pytest.mark.requirement("CO-30", "CO-31")
def test_addition_is_one_event_with_what_was_added(world, number):
    world.add_document(number)

    event = world.event("add_document")
    assert (event.user_name, event.subject_kind, event.subject_key) == (
        "Anna Testander",
        "needs_allowance.case",
        number,
    )
    assert event.data["after"] == {
        "document": "xray",
        "file_name": "opg.png",
        "sha256": Document.objects.get().sha256,
    }
    assert [subject.person_id for subject in event.subjects.all()] == [world.elsa.pk]


@pytest.mark.requirement("CO-31")
def test_event_log_of_the_case_says_what_was_added(world, number):
    world.add_document(number)

    event = world.case_page(number).events[0]
    assert (event.text, event.details) == (
        "Added a document",
        ["Document: X-ray image", "File: opg.png"],
    )


def test_who_added_it_and_when_is_kept(world, number):
    world.add_document(number)

    document = Document.objects.get()
    assert (document.added_by, document.module, document.case_number) == (
        "Anna Testander",
        "needs_allowance",
        number,
    )


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.requirement("QU-14")
def test_file_is_taken_away_when_the_case_closes_meanwhile(world, number, settings, nothing_stored):
    world.pass_time_to(AFTER, settings)

    with pytest.raises(Refused) as refused:
        world.add_document(number)

    assert str(refused.value) == (
        "The assessment period ended on 2025-11-19. Documents can be added only while a request waits."
    )
    assert nothing_stored()


@pytest.mark.requirement("NA-17")
@pytest.mark.parametrize("status", ["awaiting_review", "completion_requested"])
def test_after_the_period_documents_come_while_a_request_waits(status, world, number, settings):
    request_for(world, number, status)
    world.pass_time_to(AFTER, settings)

    world.add_document(number)

    assert Document.objects.count() == 1


@pytest.mark.requirement("NA-17")
@pytest.mark.parametrize("status", ["not_sent", "decided", "removed"])
def test_after_the_period_other_requests_let_nothing_come(status, world, number, settings):
    request_for(world, number, status)
    world.pass_time_to(AFTER, settings)

    with pytest.raises(Refused):
        world.add_document(number)


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize(
    ("name", "refused"),
    [("bo", Http404), ("david", Http404), ("eva", NotAllowed), ("frida", NotAllowed), ("ivar", NotAllowed)],
)
def test_only_the_clinic_itself_adds_documents(name, refused, world, number, nothing_stored):
    with pytest.raises(refused):
        world.add_document(number, by=name)

    assert nothing_stored()


def test_largest_size_is_the_authoritys_own(world, number):
    ParameterValue.objects.create(
        authority=world.region,
        name="documents.largest_file",
        first_on=dt.date(2024, 1, 1),
        value=1,
        source="Beslut",
        entered_by="Ivar Förvaltare",
    )
    upload = Upload("opg.png", 1_000_001, io.BytesIO(files.png()))

    with pytest.raises(Refused, match="at most"):
        documents.add_document(
            world.actor("anna"), today=world.today, number=number, kind=DocumentKind.XRAY, upload=upload
        )


# The form -----------------------------------------------------------------------------------------


def test_file_with_its_kind_is_added_and_confirmed(number, visit):
    page = visit("anna").post("needs_allowance:add_document", number, follow=True, **sent())

    assert page.notices == ["opg.png is added."]
    assert "X-ray image opg.png" in page.links
    assert "Remove X-ray image opg.png" in page.links


def test_form_asks_for_kind_and_file_or_description_count_and_type(number, visit):
    page = visit("anna").get("needs_allowance:add_document", number)

    assert page.heading == "Add document"
    assert list(page.fields) == ["is_physical", "kind", "file", "description", "quantity", "file_type"]
    assert page.fields["kind"].choices == [
        "Choose",
        "X-ray image",
        "Photograph",
        "Referral",
        "Extract from the records",
        "Treatment plan",
        "Other document",
    ]


@pytest.mark.requirement("CO-33")
def test_kind_and_file_are_compulsory(number, visit, nothing_stored):
    page = visit("anna").post("needs_allowance:add_document", number, kind="")

    assert page.status == 422
    assert page.faults == {
        "kind": "Choose what kind of document it is.",
        "file": "Choose the file to add.",
    }
    assert nothing_stored()


@pytest.mark.requirement("QU-16", "QU-18")
@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        (
            "evil.pdf",
            files.HTML,
            "evil.pdf is not a PDF file inside. Save it as PDF and choose it again.",
        ),
        ("opg.png", b"", "opg.png is empty. Choose a file that has a content."),
        (
            "opg.svg",
            b"<svg/>",
            "opg.svg cannot be added. Choose a PDF, PNG, JPEG, DICOM or DOCX file.",
        ),
    ],
)
def test_fault_is_said_at_the_file_and_nothing_is_stored(name, content, fault, number, visit, nothing_stored):
    page = visit("anna").post("needs_allowance:add_document", number, **sent(name, content))

    assert (page.status, page.faults) == (422, {"file": fault})
    assert nothing_stored()


@pytest.mark.requirement("QU-16")
def test_200_megabytes_are_refused_in_words_without_being_kept(
    world, number, sign_in, nothing_stored, monkeypatch, tmp_path
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    client = sign_in(world, "anna")
    client.cookies["kvitt_language"] = "en"
    body = Body(200_000_000)
    tracemalloc.start()

    response = client.generic(
        "POST",
        f"/needs-allowance/cases/{number}/documents/add/",
        **{
            "wsgi.input": body,
            "CONTENT_TYPE": Body.content_type,
            "CONTENT_LENGTH": str(body.length),
        },
    )

    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    text = response.content.decode().replace("\u00a0", " ")
    assert response.status_code == 422
    assert "opg.png is 200 MB, and a file may be 25 MB at most." in text
    assert most < 30_000_000
    assert nothing_stored()
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


class Body(io.RawIOBase):
    """A form with a file of so many bytes, made while it is read."""

    content_type = "multipart/form-data; boundary=x"

    def __init__(self, size):
        head = (
            b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nxray\r\n'
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="opg.png"\r\n'
            b"Content-Type: image/png\r\n\r\n"
        )
        self.parts = [head + files.png(), size - len(files.png()), b"\r\n--x--\r\n"]
        self.length = len(head) + size + len(self.parts[2])

    def readable(self):
        return True

    def readinto(self, buffer):
        if not self.parts:
            return 0
        part = self.parts[0]
        if isinstance(part, int):
            taken = bytes(min(part, len(buffer)))
            self.parts[0] = part - len(taken)
        else:
            taken = part[: len(buffer)]
            self.parts[0] = part[len(taken) :]
        if not self.parts[0]:
            self.parts.pop(0)
        buffer[: len(taken)] = taken
        return len(taken)


@pytest.mark.requirement("QU-16")
def test_upload_over_the_bound_arrives_empty_with_its_size(settings):
    settings.KVITT_LARGEST_UPLOAD = 10
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("a.png", b"x" * 11)})

    file = request.FILES["file"]

    assert (file.name, file.size, file.read()) == ("a.png", 11, b"")


def test_upload_never_stays_in_memory():
    assert django_settings.FILE_UPLOAD_HANDLERS == ["kvitt.foundation.uploads.BoundedUploadHandler"]


@pytest.mark.requirement("QU-18")
def test_folders_and_line_breaks_in_a_name_are_left_out(world, number):
    world.add_document(number, "../../etc/\r\nopg.png")

    assert Document.objects.get().file_name == "opg.png"


# The page -----------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-10")
def test_case_lists_its_documents(world, number, visit):
    world.add_document(number)

    page = visit("frida").get("needs_allowance:case", number)

    assert "X-ray image opg.png" in page.links
    assert "Add document" not in page.links
    assert "Remove X-ray image opg.png" not in page.links


def test_case_without_documents_says_so(number, visit):
    assert "There are no documents." in visit("anna").get("needs_allowance:case", number).text


@pytest.mark.requirement("NA-17")
def test_after_the_period_the_page_says_why_nothing_can_be_added(world, number, settings, visit):
    world.add_document(number)
    world.pass_time_to(AFTER, settings)

    page = visit("anna").get("needs_allowance:case", number)

    assert "Documents can be added only while a request waits." in page.text
    assert page.buttons["Add document"]["aria-disabled"] == "true"
    assert "X-ray image opg.png" in page.links


@pytest.mark.requirement("NA-17")
def test_after_the_period_the_form_says_why_and_shows_the_case(world, number, settings, visit):
    world.pass_time_to(AFTER, settings)

    page = visit("anna").post("needs_allowance:add_document", number, follow=True, **sent())

    assert page.heading == f"Needs-allowance case - {number}"
    assert page.notices == [
        "The assessment period ended on 2025-11-19. Documents can be added only while a request waits."
    ]


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize("address", ["add_document", "add_parcel"])
@pytest.mark.parametrize(
    ("name", "status"), [("anna", 200), ("bo", 404), ("david", 404), ("eva", 403), ("frida", 403)]
)
def test_form_opens_only_for_those_who_report_at_the_clinic(address, name, status, number, visit):
    assert visit(name).get(f"needs_allowance:{address}", number).status == status
