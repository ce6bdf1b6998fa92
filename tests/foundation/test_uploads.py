"""What is kept of files while they come in: a bounded number of bytes in all, and of users alone."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

pytestmark = pytest.mark.requirement("QU-18")
USER = SimpleNamespace(is_authenticated=True)


@pytest.fixture
def folder(settings, tmp_path):
    """Where files lie while they come in."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    return tmp_path


def received(user, *sizes):
    """Return the files of a request."""
    typed = {f"file{number}": SimpleUploadedFile("a.png", b"x" * size) for number, size in enumerate(sizes)}
    request = RequestFactory().post("/", typed)
    request.user = user
    return request, [request.FILES[name] for name in typed]


def test_file_of_a_user_is_kept(folder):
    _request, [file] = received(USER, 10)

    assert file.read() == b"x" * 10


def test_bound_is_of_all_files_of_a_request(folder, settings):
    settings.KVITT_LARGEST_UPLOAD = 25

    _request, kept = received(USER, 10, 10, 10, 1)

    assert [len(file.read()) for file in kept] == [10, 10, 0, 0]
    assert [file.size for file in kept] == [10, 10, 10, 1]
    assert sum(path.stat().st_size for path in folder.iterdir()) == 20


def test_nothing_is_kept_of_a_visitor_who_is_not_signed_in(folder):
    _request, [file] = received(AnonymousUser(), 10)

    assert (file.name, file.size, file.read()) == ("a.png", 10, b"")
    assert list(folder.iterdir()) == []


@pytest.mark.django_db
def test_user_is_known_before_the_body_is_read(folder, world, monkeypatch):
    kept = []
    monkeypatch.setattr(
        "tempfile._TemporaryFileWrapper.write", lambda _file, data: kept.append(data), raising=False
    )

    Client().post("/sign-in/", {"username": "a", "file": SimpleUploadedFile("a.png", b"x" * 10)})
    assert kept == []
    signed_in = Client()
    signed_in.force_login(world.users["anna"])
    signed_in.post("/settings/", {"file": SimpleUploadedFile("a.png", b"x" * 10)})

    assert kept == [b"x" * 10]


@pytest.mark.django_db
@pytest.mark.requirement("SC-13")
def test_page_may_take_more_than_others_do(folder, world, monkeypatch, settings):
    """The address is known when the body is read: by the check of the form's token, before the view."""
    settings.KVITT_LARGEST_UPLOAD = 5
    settings.KVITT_LARGEST_UPLOADS = {"access:settings": 12}
    kept = []
    monkeypatch.setattr(
        "tempfile._TemporaryFileWrapper.write", lambda _file, data: kept.append(len(data)), raising=False
    )
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.users["anna"])
    client.get("/settings/")
    token = client.cookies["csrftoken"].value

    for url in ("/settings/", "/support/"):
        for size in (10, 13):
            file = SimpleUploadedFile("a.xml", b"x" * size)
            client.post(url, {"csrfmiddlewaretoken": token, "file": file})

    assert kept == [10]
