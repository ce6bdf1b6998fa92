"""How a file comes in: to a temporary file, never to memory, and of a file too large nothing is kept."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Streams an upload to a temporary file; one over `KVITT_LARGEST_UPLOAD` is let go while it comes.

    Such a file arrives empty, with its name and its true size, so that the form can say what is wrong.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write the next bytes, unless the file is too large already."""
        if start + len(raw_data) <= settings.KVITT_LARGEST_UPLOAD:
            super().receive_data_chunk(raw_data, start)
        elif not self.file.closed:
            self.file.close()  # deletes it

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        """Return the file, or its name and size alone."""
        if not self.file.closed:
            return super().file_complete(file_size)
        return UploadedFile(BytesIO(), name=self.file_name, size=file_size)
