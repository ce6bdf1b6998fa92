"""The program chooses the demo's settings before Django reads them."""

import os
from pathlib import Path

import pytest

from kvitt.__main__ import prepare_demo


@pytest.mark.requirement("QU-1")
@pytest.mark.parametrize(
    ("arguments", "folder", "port"),
    [
        ([], "data/demo-2024-11-20", "8000"),
        (["--data", "mine"], "mine", "8000"),
        (["--port", "8001", "--data=mine"], "mine", "8001"),
        (["--data"], "data/demo-2024-11-20", "8000"),
    ],
)
def test_demo_has_a_folder_and_an_address_of_its_own(arguments, folder, port, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "environ", {"KVITT_TODAY": "2024-11-20", "KVITT_DATABASE_URL": "postgresql://"})

    prepare_demo(arguments)

    assert Path(os.environ["KVITT_DATA"]) == (tmp_path / folder).resolve()
    assert os.environ["KVITT_BASE_URL"] == f"http://127.0.0.1:{port}"
    assert "KVITT_DATABASE_URL" not in os.environ
