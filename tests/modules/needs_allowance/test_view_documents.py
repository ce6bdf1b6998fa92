"""Documents are seen and downloaded by who may see the case, as inert files, and every look is logged."""

import datetime as dt
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.modules.needs_allowance.commands import documents
from kvitt.registers.documents import queries
from kvitt.registers.documents.lifecycle import DocumentKind
from kvitt.registers.documents.models import Document
from kvitt.registers.people.models import Person
from tests import files

pytestmark = pytest.mark.requirement("NA-11")
STATUSES = [
    *[(name, 200) for name in ("anna", "eva", "frida", "gustav")],
    *[(name, 404) for name in ("bo", "david")],
    ("ivar", 403),
]
FILES = ["document", "document_image"]


@pytest.fixture
def number(world):
    """A case of Elsa's, begun today."""
    return world.create_case(world.elsa)


@pytest.fixture
def document_id(world, number):
    """An X-ray image that Anna has added."""
    return world.add_document(number)


@pytest.fixture
def fetch(world, sign_in):
    """Return a function that fetches a file as somebody."""

    def fetch(name, number, document_id, *, by="anna"):
        return sign_in(world, by).get(reverse(f"needs_allowance:{name}", args=[number, document_id]))

    return fetch


# Files --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_file_comes_as_it_was_added(name, number, document_id, fetch):
    response = fetch(name, number, document_id)

    assert b"".join(response.streaming_content) == files.png()
    assert response["Content-Type"] == "image/png"
    assert response["Content-Length"] == str(len(files.png()))


@pytest.mark.requirement("QU-18")
@pytest.mark.parametrize("name", FILES)
def test_image_is_served_inert(name, number, document_id, fetch):
    response = fetch(name, number, document_id)

    assert response["Content-Disposition"] == 'attachment; filename="opg.png"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.requirement("QU-18")
@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("remiss.pdf", files.pdf(), "application/pdf"),
        ("cbct.dcm", files.DICOM, "application/dicom"),
        (
            "plan.docx",
            files.docx(),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
    ],
)
def test_every_download_is_an_attachment_of_a_fixed_type(name, content, media_type, world, number, fetch):
    response = fetch("document", number, world.add_document(number, name, content))

    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Content-Type"] == media_type
    assert "sandbox" in response["Content-Security-Policy"]


@pytest.mark.requirement("QU-18")
def test_pdf_is_shown_in_a_frame_of_our_own_page_alone(world, number, fetch):
    response = fetch("document_image", number, world.add_document(number, "remiss.pdf", files.pdf()))

    assert response["Content-Disposition"] == 'inline; filename="remiss.pdf"'
    assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'self'"
    assert response["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize(("name", "content"), [("cbct.dcm", files.DICOM), ("plan.docx", files.docx())])
def test_other_files_are_only_downloaded(name, content, world, number, fetch):
    document_id = world.add_document(number, name, content)

    assert fetch("document_image", number, document_id).status_code == 404


@pytest.mark.requirement("QU-18")
@pytest.mark.parametrize(
    ("stored", "header"),
    [
        ('a"; filename="evil.exe.png', r'attachment; filename="a\"; filename=\"evil.exe.png"'),
        ("Åsa.png", "attachment; filename*=utf-8''%C3%85sa.png"),
        ("a\r\nSet-Cookie: b.png", 'attachment; filename="a Set-Cookie: b.png"'),
        ("../../etc/passwd.png", 'attachment; filename="passwd.png"'),
    ],
)
def test_name_injects_nothing_into_the_headers(stored, header, world, number, fetch):
    response = fetch("document", number, world.add_document(number, stored))

    assert response["Content-Disposition"] == header
    assert "Set-Cookie" not in response


@pytest.mark.requirement("CO-30", "QU-17")
@pytest.mark.parametrize("name", FILES)
def test_every_look_is_a_recorded_read_of_the_patient(name, world, number, document_id, fetch, reads):
    fetch(name, number, document_id)

    event = Event.objects.get(is_read=True)
    assert reads() == [(f"needs_allowance.{name}", [world.elsa.pk])]
    assert (event.subject_kind, event.subject_key) == ("documents.document", str(document_id))


@pytest.mark.requirement("CO-8", "QU-19")
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("is_merged", [False, True])
def test_file_about_a_protected_patient_comes_when_a_reason_is_given(
    is_merged, name, world, number, document_id, visit, reads
):
    protected = world.tova if is_merged else world.elsa
    if is_merged:
        Person.objects.filter(pk=world.elsa.pk).update(merged_into=world.tova)
    Person.objects.filter(pk=protected.pk).update(is_protected=True)
    anna, url = visit("anna"), reverse(f"needs_allowance:{name}", args=[number, document_id])

    asked = anna.client.get(url)
    seen_unasked = reads()
    anna.client.post(asked.url, {"reason": "Planerar behandlingen."})
    given = anna.client.get(url)

    assert asked.status_code == 303
    assert asked.url.startswith(reverse("people:open_protected", args=[protected.code]))
    assert seen_unasked == []
    assert b"".join(given.streaming_content) == files.png()


@pytest.mark.requirement("CO-8", "QU-19")
def test_viewer_of_a_protected_patients_case_opens_when_a_reason_is_given(
    world, number, document_id, visit, reads
):
    Person.objects.filter(pk=world.elsa.pk).update(is_protected=True)
    anna, url = visit("anna"), reverse("needs_allowance:view_documents", args=[number])

    asked = anna.client.get(url)
    seen_unasked = reads()
    back = anna.client.post(asked.url, {"reason": "Planerar behandlingen."})

    assert asked.url.startswith(reverse("people:open_protected", args=[world.elsa.code]))
    assert seen_unasked == []
    assert "opg.png" in anna.follow(back.url).text


@pytest.mark.requirement("CO-4", "QU-17")
@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(("name", "status"), STATUSES)
def test_file_comes_only_to_those_who_may_see_the_case(name, status, file, number, document_id, fetch):
    assert fetch(file, number, document_id, by=name).status_code == status


@pytest.mark.requirement("QU-17")
@pytest.mark.parametrize("file", FILES)
def test_forged_id_of_another_case_is_not_found_and_not_logged(
    file, world, number, document_id, fetch, reads
):
    other = world.create_case(world.rutger)

    assert fetch(file, other, document_id).status_code == 404
    assert reads() == []


@pytest.mark.parametrize("file", FILES)
def test_removed_document_is_not_found(file, world, number, document_id, fetch):
    documents.remove_document(world.actor("anna"), number=number, document_id=document_id)

    assert fetch(file, number, document_id).status_code == 404


@pytest.mark.parametrize("file", FILES)
def test_lost_file_is_not_found(file, number, document_id, fetch):
    queries.path_of(Document.objects.get().stored_name).unlink()

    assert fetch(file, number, document_id).status_code == 404


@pytest.mark.requirement("NA-17")
def test_after_the_period_documents_are_still_read(world, number, document_id, fetch, settings):
    world.pass_time_to(dt.date(2025, 11, 20), settings)

    assert fetch("document", number, document_id).status_code == 200


# The viewer ---------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-30")
def test_viewer_shows_the_document_beside_the_case(world, number, document_id, visit, reads):
    page = visit("frida").get("needs_allowance:view_documents", number)

    assert page.heading == "Documents"
    assert page.terms() == {
        "Case number": number,
        "Assessment period": "2024-11-20 - 2025-11-19",
        "Clinic": "1111 - Ekens Tandvård Ryd",
        "Kind of document": "X-ray image",
        "File": "opg.png",
        "Size": "PNG, 1 kB",
        "Added": page.terms()["Added"],
    }
    assert page.terms()["Added"].endswith(", Anna Testander")
    assert page.links["Download X-ray image opg.png"].endswith(f"/documents/{document_id}/file/")
    assert reads() == [("needs_allowance.case", [world.elsa.pk])]


def test_viewer_goes_from_document_to_document(world, number, document_id, visit):
    second = world.add_document(number, "remiss.pdf", files.pdf(), kind=DocumentKind.REFERRAL)
    anna = visit("anna")

    first_page = anna.get("needs_allowance:view_documents", number)
    second_page = anna.follow(first_page.links["Next"])

    assert "Previous" not in first_page.links
    assert urlsplit(first_page.links["Next"]).query == f"document={second}"
    assert "Referral" in second_page.text
    assert "Next" not in second_page.links
    assert urlsplit(second_page.links["Previous"]).query == f"document={document_id}"


def test_viewer_of_a_case_without_documents_says_so(number, visit):
    page = visit("anna").get("needs_allowance:view_documents", number)

    assert "There are no documents in the case." in page.text


def test_viewer_offers_what_it_cannot_show_for_download(world, number, visit):
    world.add_document(number, "cbct.dcm", files.DICOM)

    page = visit("anna").get("needs_allowance:view_documents", number)

    assert "DICOM files cannot be shown here. Download the document to open it." in page.text


def test_viewer_shows_what_is_sent_by_post(world, number, document_id, visit):
    world.add_parcel(number)

    page = visit("frida").get("needs_allowance:view_documents", number)

    assert "Physical attachment Gipsmodell, 2 pcs, Modell Expected" in page.text


@pytest.mark.requirement("QU-18")
def test_only_the_viewer_may_hold_a_frame_and_only_of_our_own(number, document_id, visit):
    viewer = visit("anna").get("needs_allowance:view_documents", number).response
    case = visit("anna").get("needs_allowance:case", number).response

    assert "frame-src 'self'" in viewer["Content-Security-Policy"]
    assert "unsafe" not in viewer["Content-Security-Policy"]
    assert "frame-src" not in case["Content-Security-Policy"]


@pytest.mark.requirement("QU-16", "QU-17")
@pytest.mark.parametrize("chosen", ["0", "x", "-1", "99999999999999999999999", "\0"])
def test_unknown_document_is_not_found(chosen, number, document_id, visit):
    assert visit("anna").get("needs_allowance:view_documents", number, document=chosen).status == 404


@pytest.mark.requirement("QU-17")
def test_document_of_another_case_is_not_found_in_the_viewer(world, document_id, visit):
    other = world.create_case(world.rutger)

    page = visit("anna").get("needs_allowance:view_documents", other, document=str(document_id))

    assert page.status == 404


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize(("name", "status"), STATUSES)
def test_viewer_opens_only_for_those_who_may_see_the_case(name, status, number, document_id, visit):
    assert visit(name).get("needs_allowance:view_documents", number).status == status
