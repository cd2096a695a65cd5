"""Several processes, one page of figures, in plain files."""

import re
import time
import urllib.request
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from events_app.core import metrics
from tests.machine import Machine, running

ASKED = 24
COUNT = re.compile(
    r'^buhne_request_seconds_count\{method="GET",page="api.robots",status="200"\} ([\d.]+)$',
    re.MULTILINE,
)


@pytest.fixture
def machine(tmp_path, migrated_database):
    with running(Machine(tmp_path, None)) as made:
        made.begin_with(make_url(migrated_database).database)
        made.environ |= {"PROCESSES": "2", "METRICS_TOKEN": "sesame"}
        yield made


def counted(machine):
    """What each of several scrapes says; whichever process hears them."""
    found = set()
    for _ in range(12):
        request = urllib.request.Request(
            f"http://127.0.0.1:{machine.port}/metrics", headers={"Authorization": "Bearer sesame"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read().decode()
        found.add(float(COUNT.search(text)[1]) if COUNT.search(text) else 0)
        assert text.count("# TYPE buhne_request_seconds histogram") == 1
    return found


@pytest.mark.once
def test_the_figures_of_all_processes_are_added_up_whichever_is_asked(machine):
    first = machine.start("web", "--empty")
    machine.wait_until(503)
    for _ in range(ASKED):
        assert machine.get("/robots.txt")[0] == 200
    time.sleep(metrics.SHARED_SECONDS + 1)
    assert counted(machine) == {ASKED}
    machine.stop(first)
    kept = Path(machine.environ["INSTANCE_DIR"]) / "metrics"
    assert {path.suffix for path in kept.iterdir()} == {".json"}
    machine.start("web", "--empty")
    machine.wait_until(503)
    assert counted(machine) == {0}  # a new start counts anew; nothing old is added


@pytest.mark.once
def test_without_a_token_nothing_is_written(machine):
    machine.environ.pop("METRICS_TOKEN")
    machine.environ.pop("PROCESSES")
    machine.start("--empty")
    machine.wait_until()
    time.sleep(metrics.SHARED_SECONDS + 1)
    assert not (Path(machine.environ["INSTANCE_DIR"]) / "metrics").exists()
