"""`make` tells what it can do, and in one line what it lacks."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.requirement("QU-1")


def make(*arguments, folder=ROOT):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    program = shutil.which("make")
    return subprocess.run(
        [program, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_make_alone_lists_the_commands():
    listed = make().stdout

    assert {"setup", "demo", "test", "check", "format"} <= set(listed.split())


def test_missing_python_is_said_in_one_line(tmp_path):
    for name in ("Makefile", "pyproject.toml", "requirements.txt", "build-constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)

    result = make("setup", "PYTHON=no-such-python", folder=tmp_path)

    assert result.returncode != 0
    assert result.stdout == "Python 3.11 or newer is missing: install python3.\n"


def test_port_and_data_are_passed_on_to_the_demo():
    planned = make("--dry-run", "demo", "PORT=8123", "DATA=some where").stdout

    assert 'kvitt demo --port 8123 --data "some where"' in planned
