"""Contact sheets of the whole look: every page, letter, PDF and social image, to be seen by eye.

    .venv/bin/python -m tests.look                      all of it, in build/look/
    .venv/bin/python -m tests.look public letters       only these groups
    .venv/bin/python -m tests.look --only home,privacy  only pictures with such a name

Ends with an error when a page of the app has no picture.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tests.look import kits, letters, places, sheets
from tests.look.camera import camera
from tests.look.house import opened

TO = Path("build/look")


def main():
    said = argparse.ArgumentParser()
    said.add_argument("groups", nargs="*", metavar="GROUP", help=", ".join(sheets.GROUPS))
    said.add_argument("--only", default="", metavar="NAME,…")
    said = said.parse_args()
    groups = said.groups or list(sheets.GROUPS)
    shutil.rmtree(TO, ignore_errors=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        opened(Path(folder)) as house,
        camera(house, TO, only=said.only.split(",")) as eye,
    ):
        missing = taken(house, eye, groups)
    sheets.lay(TO)
    if missing and not said.groups and not said.only:
        sys.exit("Pages without a picture: " + ", ".join(sorted(missing)))


def taken(house, eye, groups):
    """All pictures of these groups; gives the endpoints that none of them shows."""
    for place in places.all_of(house):
        if place.group in groups:
            eye.take(place)
    if "letters" in groups:
        letters.take(house, eye)
    if "kits" in groups:
        kits.take(house, eye)
    return places.without_picture(house, eye.seen)


if __name__ == "__main__":
    main()
