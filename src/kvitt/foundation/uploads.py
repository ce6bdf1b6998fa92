"""How files come in: to temporary files, never to memory, and of what is too large nothing is kept."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler


def largest_upload(view_name: str) -> int:
    """Return how many bytes of files a request to this page may bring."""
    largest: int = settings.KVITT_LARGEST_UPLOADS.get(view_name, settings.KVITT_LARGEST_UPLOAD)
    return largest


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Streams the files of a request to temporary files: a bounded number of bytes, and only of users.

    The bound is `KVITT_LARGEST_UPLOAD`, or that of the page in `KVITT_LARGEST_UPLOADS`.
    A file with which that is passed is let go while it comes, and so is every file of somebody who is not
    signed in. Such a file arrives empty, with its name and its true size, so that the form can say what is
    wrong. There is one handler for each request; the body is read after its user is known.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Begin to count."""
        super().__init__(*args, **kwargs)
        self.bytes_received = 0
        # The address is resolved before anything of the body is read, which is when the handler is made.
        match = getattr(self.request, "resolver_match", None)
        self.largest = largest_upload(match.view_name if match else "")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Make room for the file of a user."""
        super().new_file(*args, **kwargs)
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            self.file.close()  # deletes it

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write the next bytes, unless too much has come already."""
        self.bytes_received += len(raw_data)
        if self.file.closed:
            return
        if self.bytes_received <= self.largest:
            super().receive_data_chunk(raw_data, start)
        else:
            self.file.close()

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        """Return the file, or its name and size alone."""
        if not self.file.closed:
            return super().file_complete(file_size)
        return UploadedFile(BytesIO(), name=self.file_name, size=file_size)
