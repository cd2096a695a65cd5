"""Stored files are whole, or not there at all."""

import os
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from events_app.core import catalogues, files
from tests.machine import ROOT

pytestmark = pytest.mark.once


def folder(app):
    return Path(app.config["INSTANCE"]) / "files"


def test_a_file_is_safe_on_the_disk_and_so_are_the_folders_that_name_it(app, monkeypatch):
    """Watched, not replaced: a power cut cannot be had here."""
    synced, fsync = [], os.fsync

    def watch(number):
        synced.append(str(Path(f"/proc/self/fd/{number}").readlink()))
        fsync(number)

    monkeypatch.setattr(os, "fsync", watch)
    key = files.keep(b"kept")
    above = folder(app)
    assert Path(synced[0]).name.startswith("tmp")
    assert synced[1:] == [str(each) for each in (above / key[:2], above, above.parent)]


def test_a_process_killed_while_it_writes_leaves_nothing_for_longer_than_a_day(app):
    code = """
import os, sys
from events_app.app import create_app
import pytest

from events_app.core import catalogues, files
os.fsync = lambda number: (print("writing", flush=True), os.kill(os.getpid(), 9))
with create_app().app_context():
    files.keep(b"never whole")
"""
    env = os.environ | {
        "INSTANCE_DIR": app.config["INSTANCE"], "SECRET_KEY": app.config["SECRET_KEY"],
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
    }  # fmt: skip
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL
    left = list(folder(app).glob("??/*"))
    assert [path.name.startswith("tmp") for path in left] == [True]
    now = datetime.now(UTC)
    files.drop_ownerless(now=now + timedelta(minutes=5))
    assert list(folder(app).glob("??/*")) == left  # it may still be written
    files.drop_ownerless(now=now + files.GRACE + timedelta(minutes=5))
    assert list(folder(app).glob("??/*")) == []


def test_words_that_one_user_joined_are_read_by_all_users_of_the_machine():
    """Whoever starts the program first makes them; the house may be run by somebody else."""
    before = os.umask(0o077)
    catalogues.MO.chmod(0o600)
    try:
        catalogues.join()
    finally:
        os.umask(before)
    assert stat.S_IMODE(catalogues.MO.stat().st_mode) == 0o644


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users")
def test_a_folder_of_another_user_is_named_and_not_a_draft_in_it(tmp_path):
    os.seteuid(65_534)
    try:
        with pytest.raises(PermissionError) as why:
            files.write(tmp_path / "words", b"x")
    finally:
        os.seteuid(0)
    assert why.value.filename == str(tmp_path)


def test_what_a_killed_process_left_in_the_instance_folder_goes_as_well(app):
    instance = Path(app.config["INSTANCE"])
    (instance / "tmpleft").touch()
    files.drop_ownerless(now=datetime.now(UTC))
    assert (instance / "tmpleft").exists()
    files.drop_ownerless(now=datetime.now(UTC) + files.GRACE + timedelta(minutes=5))
    assert not (instance / "tmpleft").exists()


def test_what_cannot_be_written_whole_is_not_kept_at_all(app, monkeypatch):
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))"
    code = f"""
import signal
from events_app.app import create_app
import pytest

from events_app.core import catalogues, files
app = create_app()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
{limit}
with app.app_context():
    try:
        files.keep(b"x" * 5000)
    except OSError:
        print("refused")
"""
    env = os.environ | {
        "INSTANCE_DIR": app.config["INSTANCE"], "SECRET_KEY": app.config["SECRET_KEY"],
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
    }  # fmt: skip
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, timeout=60, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    assert "refused" in said.stdout
    assert list(folder(app).glob("??/*")) == []
