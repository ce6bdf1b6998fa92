"""A file is stored whole under a random name, or not at all; no row is without its file."""

import datetime as dt
import hashlib
import io
import os
import stat
from unittest.mock import Mock

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.http import Http404

from kvitt.registers.documents import commands, queries
from kvitt.registers.documents.commands import NewDocument, NoTransaction, Upload
from kvitt.registers.documents.lifecycle import DocumentKind
from kvitt.registers.documents.models import Document
from tests import files
from tests.registers.documents.conftest import NUMBER, upload

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("NA-11")]


def test_file_is_stored_as_it_was_sent_under_a_random_name(add, stored_files, folder):
    document = add("Åsas röntgen.png")

    [path] = stored_files()
    assert path.read_bytes() == files.png()
    assert path.relative_to(folder).parts == (
        document.stored_name.hex[:2],
        document.stored_name.hex[2:4],
        document.stored_name.hex,
    )


def test_row_tells_name_type_size_and_sum(add):
    document = add("opg.png")

    assert (document.file_name, document.media_type) == ("opg.png", "image/png")
    assert document.size == len(files.png())
    assert document.sha256 == hashlib.sha256(files.png()).hexdigest()


@pytest.mark.requirement("QU-18")
def test_only_the_program_itself_reads_the_file(add):
    mode = queries.path_of(add().stored_name).stat().st_mode

    assert stat.S_IMODE(mode) == 0o600


@pytest.mark.requirement("QU-18")
def test_name_of_the_sender_never_becomes_a_path(add, stored_files, folder):
    add("../../etc/evil.png")

    assert all(path.is_relative_to(folder) for path in stored_files())
    assert not any("evil" in path.name for path in stored_files())


@pytest.mark.requirement("QU-16")
def test_file_too_large_is_not_read(world):
    content = Mock(spec=io.BytesIO)
    large = Upload("plan.docx", 26_000_000, content)

    [problem] = commands.file_problems(world.region.pk, large, dt.date(2024, 5, 1))

    assert problem.code == "large_file"
    assert content.method_calls == []


@pytest.mark.requirement("QU-14")
def test_no_file_is_left_when_the_row_fails(world, stored_files):
    new = NewDocument(world.region.pk, "needs_allowance", NUMBER, "no such kind")

    with pytest.raises(IntegrityError), commands.stored(upload()) as file, transaction.atomic():
        commands.add_document(world.actor("anna"), new, file)

    assert stored_files() == []
    assert not Document.objects.exists()


@pytest.mark.requirement("QU-14")
def test_no_file_is_left_when_the_transaction_is_undone(world, stored_files):
    new = NewDocument(world.region.pk, "needs_allowance", NUMBER, DocumentKind.XRAY)

    def killed_before_the_end():
        with commands.stored(upload()) as file, transaction.atomic():
            commands.add_document(world.actor("anna"), new, file)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed_before_the_end()

    assert stored_files() == []
    assert not Document.objects.exists()


@pytest.mark.requirement("QU-14")
def test_file_whose_row_stands_is_kept_whatever_follows(world, stored_files):
    new = NewDocument(world.region.pk, "needs_allowance", NUMBER, DocumentKind.XRAY)

    def killed_after_the_end():
        with commands.stored(upload()) as file:
            with transaction.atomic():
                commands.add_document(world.actor("anna"), new, file)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed_after_the_end()

    assert len(stored_files()) == 1
    assert list(queries.breaches()) == []


@pytest.mark.requirement("QU-14")
def test_nothing_is_left_of_a_file_that_cannot_be_written_whole(world, stored_files, monkeypatch):
    monkeypatch.setattr(os, "fsync", Mock(side_effect=OSError("no space left")))

    with pytest.raises(OSError, match="no space"), commands.stored(upload()):
        pass

    assert stored_files() == []


@pytest.mark.requirement("QU-14")
@pytest.mark.django_db(transaction=True)
def test_row_is_not_made_outside_a_transaction(world, stored_files):
    new = NewDocument(world.region.pk, "needs_allowance", NUMBER, DocumentKind.XRAY)

    with pytest.raises(NoTransaction), commands.stored(upload()) as file:
        commands.add_document(world.actor("anna"), new, file)

    assert stored_files() == []


# What is found again ------------------------------------------------------------------------------


def test_document_is_found_by_its_case_alone(world, add):
    document = add()

    assert queries.document(world.region.pk, "needs_allowance", NUMBER, document.pk) == document
    for authority, module, number in (
        (world.region.pk + 1, "needs_allowance", NUMBER),
        (world.region.pk, "special_care", NUMBER),
        (world.region.pk, "needs_allowance", "B2024-000002"),
    ):
        with pytest.raises(Http404):
            queries.document(authority, module, number, document.pk)


def test_removed_document_is_neither_listed_nor_opened_but_its_file_stays(world, add, stored_files):
    document = add()

    with transaction.atomic():
        commands.remove_document(world.actor("anna"), document, is_held=False)

    key = (world.region.pk, "needs_allowance", NUMBER)
    assert queries.documents_of(*key) == []
    with pytest.raises(Http404):
        queries.document(*key, document.pk)
    assert len(stored_files()) == 1


def test_lost_file_is_not_found_and_breaks_no_page(add, caplog):
    document = add()
    queries.path_of(document.stored_name).unlink()

    with pytest.raises(Http404):
        queries.open_file(document)

    assert f"document {document.pk}: its file cannot be opened" in caplog.text


# `kvitt verify` -----------------------------------------------------------------------------------


@pytest.mark.requirement("CO-23")
def test_proof_finds_nothing_wrong_with_whole_files(add):
    add("opg.png")
    add("remiss.pdf", files.pdf())

    assert list(queries.breaches()) == []


@pytest.mark.requirement("CO-23")
def test_proof_names_a_missing_file(add):
    document = add()
    path = queries.path_of(document.stored_name)
    path.unlink()

    assert list(queries.breaches()) == [f"document {document.pk}: its file {path.name} is missing"]


@pytest.mark.requirement("CO-23")
@pytest.mark.parametrize(
    "change", [lambda old: old[:-1], lambda old: old[:-1] + b"x", lambda old: old + b"x"]
)
def test_proof_names_a_changed_file(change, add):
    document = add()
    path = queries.path_of(document.stored_name)
    path.write_bytes(change(path.read_bytes()))

    assert list(queries.breaches()) == [
        f"document {document.pk}: its file {path.name} is not the one that was added"
    ]


@pytest.mark.requirement("CO-23")
def test_verify_names_it_and_fails(add):
    document = add()
    path = queries.path_of(document.stored_name)
    path.unlink()
    told = io.StringIO()

    with pytest.raises(SystemExit) as stopped:
        call_command("verify", stderr=told)

    assert stopped.value.code == 1
    assert told.getvalue() == f"document {document.pk}: its file {path.name} is missing\n"
