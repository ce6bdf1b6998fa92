"""Files leave once: whatever is killed, whoever looks, and however often."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.http import Http404

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import NotAllowed, system_actor
from kvitt.registers.organisations.models import Authority
from kvitt.settlement import tasks
from kvitt.settlement.commands import outbox as commands
from kvitt.settlement.models import OutgoingFile, PayingAccount, Payment
from kvitt.settlement.queries import proof
from tests.settlement.outgoing import approved_run, registered_file
from tests.settlement.payment_files import payments_in

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SC-23", "QU-14")]
NAME = "pain001-2321000040-000001.xml"
# What happens in order when a file is sent.
STEPS = ("open", "fsync", "link", "linked", "flushed")


class Killed(BaseException):
    """The process is no more."""


@pytest.fixture
def file(world):
    return registered_file(world)


def send(file, **options):
    return commands.send_file(system_actor(file.authority_id), file_id=file.pk, **options)


def export(*options):
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("export_payments", *options, stdout=out, stderr=err)
    except SystemExit as left:
        code = left.code
    return code, out.getvalue(), err.getvalue()


def kill_at(monkeypatch, step):
    """Let the process end in the moment before a step, or after the file has its name."""
    opens, links, flushes = os.open, os.link, os.fsync
    seen = []

    def die(*_args, **_options):
        raise Killed

    def link(*args):
        links(*args)
        raise Killed

    def flush(number):
        seen.append(number)
        if len(seen) == 2:
            raise Killed
        flushes(number)

    def open_file(path, flags, *mode):
        if str(path).endswith(".part"):
            raise Killed
        return opens(path, flags, *mode)

    monkeypatch.setattr(
        os,
        {"open": "open", "fsync": "fsync", "link": "link", "linked": "link", "flushed": "fsync"}[step],
        {"open": open_file, "fsync": die, "link": die, "linked": link, "flushed": flush}[step],
    )


# Registering --------------------------------------------------------------------------------------


def test_file_is_registered_with_its_content_and_checksum(file, outbox):
    assert (file.name, file.status, file.sent_count) == (NAME, "waiting", 0)
    assert [amount for _, amount in payments_in(bytes(file.content))] == [10_000, 25.5]
    assert not outbox.exists()


def test_run_without_an_account_to_pay_from_is_refused(world):
    run = approved_run(world)
    PayingAccount.objects.update(first_on="2024-12-01")

    with pytest.raises(Refused, match="no account to pay from on 2024-11-20"):
        commands.register_payments(run)


# Sending ------------------------------------------------------------------------------------------


def test_file_is_sent_once(file, outbox):
    assert tasks.send_files() == 1
    assert tasks.send_files() == 0

    file.refresh_from_db()
    assert [each.name for each in outbox.iterdir()] == [NAME]
    assert (outbox / NAME).read_bytes() == bytes(file.content)
    assert (file.status, file.sent_count) == ("sent", 1)
    assert outbox.stat().st_mode & 0o777 == 0o700
    assert Event.objects.get(action="settlement.send_file").data["after"]["sha256"] == file.sha256


def test_file_that_was_fetched_is_not_sent_again(file, outbox):
    send(file)
    (outbox / NAME).unlink()

    assert export() == (0, "No payment file waits.\n", "")
    assert list(outbox.iterdir()) == []


@pytest.mark.parametrize("step", STEPS)
def test_kill_at_any_step_sends_it_at_most_once(file, outbox, world, monkeypatch, step):
    """Where it lies in the folder it was sent; where it does not, a person decides."""
    with monkeypatch.context() as patched:
        kill_at(patched, step)
        with pytest.raises(Killed):
            send(file)

    was_there = (outbox / NAME).exists()
    code, out, err = export()
    file.refresh_from_db()
    if was_there:
        assert (code, out, file.status) == (0, f"{NAME} {file.sha256}\n", "sent")
    else:
        assert (code, out, file.status) == (1, "", "sending")
        assert "sending it was interrupted" in err
        assert not (outbox / NAME).exists()
        commands.resend_file(world.actor("hanna"), file_id=file.pk)
        assert export() == (0, f"{NAME} {file.sha256}\n", "")
    file.refresh_from_db()
    assert (file.status, file.sent_count) == ("sent", 1 if was_there else 2)
    assert (outbox / NAME).read_bytes() == bytes(file.content)


def test_one_fetched_in_the_moment_of_the_kill_is_a_persons_to_decide(file, outbox, monkeypatch):
    with monkeypatch.context() as patched:
        kill_at(patched, "linked")
        with pytest.raises(Killed):
            send(file)
    (outbox / NAME).unlink()

    assert export()[0] == 1
    assert not (outbox / NAME).exists()


def test_worker_that_was_overtaken_sends_nothing(file, outbox, world, monkeypatch):
    """It stood still between claiming and naming; somebody sent the file again meanwhile."""
    links, write = os.link, commands._write

    def overtaken(path, content):
        write(path, content)
        monkeypatch.setattr(commands, "_write", write)
        commands.resend_file(world.actor("hanna"), file_id=file.pk)
        assert send(file)
        (outbox / NAME).unlink()

    monkeypatch.setattr(commands, "_write", overtaken)

    assert not send(file)
    assert list(outbox.iterdir()) == []
    assert os.link is links


def test_folder_that_cannot_be_written_lets_the_file_wait(file, outbox, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(commands, "_write", full)
        assert export() == (1, "", f"{NAME}: the folder cannot be written: No space left on device\n")
        assert tasks.send_files() == 0

    file.refresh_from_db()
    assert (file.status, file.sent_count) == ("waiting", 0)
    assert tasks.send_files() == 1


def test_another_file_of_that_name_is_never_replaced(file, outbox):
    outbox.mkdir()
    (outbox / NAME).write_bytes(b"something else")

    assert export()[0] == 1
    assert [(each.name, each.read_bytes()) for each in outbox.iterdir()] == [(NAME, b"something else")]
    file.refresh_from_db()
    assert file.status == "waiting"


def test_content_that_has_changed_is_not_sent(file, outbox):
    OutgoingFile.objects.update(content=b"<Document/>")

    code, out, err = export()

    assert (code, out) == (1, "")
    assert "not what was approved" in err
    assert list(outbox.iterdir()) == []
    assert f"file {NAME}: its content is not what its checksum says" in list(proof.breaches())


# Sending again ------------------------------------------------------------------------------------


def test_sending_again_is_explicit_and_logged(file, outbox, world):
    send(file)
    (outbox / NAME).unlink()

    commands.resend_file(world.actor("hanna"), file_id=file.pk)
    assert tasks.send_files() == 1

    file.refresh_from_db()
    assert (file.status, file.sent_count) == ("sent", 2)
    event = Event.objects.get(action="settlement.resend_file")
    assert (event.user_name, event.data["after"]["sent_count"]) == ("Hanna Attestsson", 2)


@pytest.mark.parametrize("status", ["accepted", "paid", "rejected"])
def test_file_that_the_bank_has_answered_is_not_sent_again(file, world, status):
    send(file)
    day = world.today if status == "paid" else None
    Payment.objects.filter(end_to_end_id="KVITT-1-1").update(status=status, paid_on=day)

    with pytest.raises(Refused, match="it can pay twice"):
        commands.resend_file(world.actor("hanna"), file_id=file.pk)


def test_file_that_waits_is_not_sent_again(file, world):
    with pytest.raises(Refused, match="not been sent a first time"):
        commands.resend_file(world.actor("hanna"), file_id=file.pk)


@pytest.mark.parametrize(("name", "answer"), [("gustav", NotAllowed), ("anna", NotAllowed)])
def test_only_who_approves_payments_sends_again(file, world, name, answer):
    send(file)

    with pytest.raises(answer):
        commands.resend_file(world.actor(name), file_id=file.pk)


def test_file_of_another_authority_is_not_there(file, world):
    other = Authority.objects.create(name="Region Annan", kind="region", organisation_number="2321000057")

    with pytest.raises(Http404):
        commands.download_file(system_actor(other.pk), file_id=file.pk)


def test_downloading_is_logged(file, world):
    assert bytes(commands.download_file(world.actor("gustav"), file_id=file.pk).content) == bytes(
        file.content
    )

    assert Event.objects.get(action="settlement.download_file").subject_key == NAME


# kvitt export_payments ----------------------------------------------------------------------------


def test_export_of_one_run_to_a_folder_as_json(world, tmp_path):
    first, second = registered_file(world), registered_file(world, number=2)

    code, out, _ = export(
        "--run", "2", "--authority", "232100-0040", "--to", str(tmp_path / "bank"), "--json"
    )

    assert (code, json.loads(out)["faults"]) == (0, [])
    assert json.loads(out)["files"] == [
        {"authority": "2321000040", "run": 2, "name": second.name, "sha256": second.sha256}
    ]
    assert [each.name for each in (tmp_path / "bank").iterdir()] == [second.name]
    first.refresh_from_db()
    assert first.status == "waiting"


def test_export_for_nobody_is_wrong_use(world):
    with pytest.raises(CommandError) as wrong:
        call_command("export_payments", "--authority", "5560000019")

    assert wrong.value.returncode == 2


# Killed for real ----------------------------------------------------------------------------------

PROGRAM = """
import os, signal, sys
import django
django.setup()
from django.core.management import call_command

def die(*_args, **_options):
    os.kill(os.getpid(), signal.SIGKILL)

def after(function):
    def call(*args, **options):
        function(*args, **options)
        die()
    return call

step, seen, flush = sys.argv[1], [], os.fsync

def second(number):
    seen.append(number)
    flush(number) if len(seen) == 1 else die()

from kvitt.settlement.commands import outbox
if step == "open":
    outbox._write = die
elif step == "fsync":
    os.fsync = die
elif step == "link":
    os.link = die
elif step == "linked":
    os.link = after(os.link)
elif step == "flushed":
    os.fsync = second
call_command("export_payments")
"""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the process needs a database of its own")
@pytest.mark.django_db(transaction=True)
def test_killed_processes_send_each_file_once(world, tmp_path):
    """Five files, each killed at another step by SIGKILL, then exported by a process that lives."""
    with pytest.raises(commands.NoTransaction):
        registered_file(world, number=99)
    database, folder = tmp_path / "kvitt.sqlite3", tmp_path / "bank"
    files = [registered_in_transaction(world, number) for number in range(1, len(STEPS) + 1)]
    connection.ensure_connection()
    copy = sqlite3.connect(database)
    with copy:
        connection.connection.backup(copy)
    copy.close()
    environment = {key: value for key, value in os.environ.items() if key != "KVITT_TEST_DATABASE_URL"} | {
        "DJANGO_SETTINGS_MODULE": "kvitt.settings",
        "KVITT_DATABASE_URL": f"sqlite://{database}",
        "KVITT_OUTBOX": str(folder),
        "KVITT_DEBUG": "1",
    }

    def export_in_process(step):
        process = subprocess.run(
            [sys.executable, "-c", PROGRAM, step],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return process.returncode, process.stdout, process.stderr

    killed = [export_in_process(step)[0] for step in STEPS]
    code, _out, err = export_in_process("none")

    assert killed == [-signal.SIGKILL] * len(STEPS)
    there = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    told = {line.split(":")[0] for line in err.splitlines()}
    assert code == 1
    assert there | told == {file.name for file in files}
    assert there & told == set()
    for file in files:
        if file.name in there:
            assert (folder / file.name).read_bytes() == bytes(file.content)


def registered_in_transaction(world, number) -> OutgoingFile:
    with transaction.atomic():
        return registered_file(world, number=number)
