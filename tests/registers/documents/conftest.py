"""A case's documents without any module: the register knows the case by its number alone."""

import io

import pytest
from django.conf import settings
from django.db import transaction

from kvitt.registers.documents import commands
from kvitt.registers.documents.commands import NewDocument, Upload
from kvitt.registers.documents.lifecycle import DocumentKind
from tests import files

NUMBER = "B2024-000001"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """A folder of the test's own for what is uploaded."""
    settings.KVITT_DOCUMENTS = tmp_path / "documents"
    return settings.KVITT_DOCUMENTS


@pytest.fixture
def stored_files():
    """Return what lies in the folder, unfinished files among it."""

    def stored_files():
        return [path for path in settings.KVITT_DOCUMENTS.rglob("*") if path.is_file()]

    return stored_files


def upload(name="opg.png", content=None):
    content = files.png() if content is None else content
    return Upload(name, len(content), io.BytesIO(content))


@pytest.fixture
def add(world):
    """Return a function that adds a file to a case."""

    def add(name="opg.png", content=None):
        new = NewDocument(world.region.pk, "needs_allowance", NUMBER, DocumentKind.XRAY)
        with commands.stored(upload(name, content)) as file, transaction.atomic():
            return commands.add_document(world.actor("anna"), new, file)

    return add
