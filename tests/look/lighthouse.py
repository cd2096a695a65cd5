"""Lighthouse on the four pages that readers meet first, with demo content, as phone and as desktop.

    npm install --prefix ~/tools lighthouse
    LIGHTHOUSE=~/tools/node_modules/.bin/lighthouse .venv/bin/python -m tests.look.lighthouse

Says what is under 100, and ends with an error when anything is.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from events_app.core import clock
from events_app.events import queries as events
from tests.look.house import opened

TOOL = os.environ.get("LIGHTHOUSE", "lighthouse")
CHROME = "--headless --no-sandbox --disable-gpu --disable-background-networking"
PROFILES = {"phone": [], "desktop": ["--preset=desktop"]}


def main():
    short = 0
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as house:
        event = events.coming(clock.now(), 1)[0]
        pages = [
            house.path("site.home"),
            house.path("events.agenda"),
            house.path("events.show", slug=event.slug),
            house.path("registrations.register", slug=event.slug),
        ]
        for page in pages:
            for profile, more in PROFILES.items():
                report = judged(house.base + page, more)
                scores = {name: each["score"] for name, each in report["categories"].items()}
                print(page, profile, ", ".join(f"{n} {s:.0%}" for n, s in scores.items()))
                if min(scores.values()) < 1:
                    short += 1
                    print(*lost(report), sep="\n")
    sys.exit(f"{short} reports are under 100" if short else 0)


def judged(address, more):
    asked = [TOOL, address, *more, "--quiet", "--output=json", f"--chrome-flags={CHROME}"]
    told = subprocess.run(
        [*asked, "--no-enable-error-reporting"],
        env={"CHROME_PATH": "/usr/bin/chromium", **os.environ},
        check=True,
        capture_output=True,
    )
    return json.loads(told.stdout)


def lost(report):
    """The audits that cost points."""
    for category in report["categories"].values():
        for ref in category["auditRefs"]:
            audit = report["audits"][ref["id"]]
            if ref["weight"] and audit["score"] is not None and audit["score"] < 1:
                yield f"    {category['id']}: {audit['title']} {audit.get('displayValue', '')}"


if __name__ == "__main__":
    main()
