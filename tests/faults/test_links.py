"""No page of the desk offers its reader a link that leads nowhere, or that they may not open."""

import pytest
from lxml import html

from tests.faults.doors import DOORS
from tests.faults.scene import ROLES

LOST = {403, 404, 410}


def links(house, visitor):
    """Each address that a page offers, with the page."""
    found = {}
    for door in DOORS:
        if door.method != "GET" or not door.is_desk or not door.is_open_to(visitor):
            continue
        path = house.path(door.address, visitor)
        answer = visitor.ask(house.app, path)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        for href in html.fromstring(answer.text).xpath("//main//a/@href"):
            address = href.partition("#")[0]
            if address.startswith("/"):
                found.setdefault(address, path)
    return found


def lost(house, visitor):
    """Those that lead nowhere; what looking wrote is put back."""
    found = [
        f"{page}: {address} {status}"
        for address, page in links(house, visitor).items()
        if (status := visitor.ask(house.app, address).status_code) in LOST
    ]
    house.kept.back(house.kept.changed())
    return found


@pytest.mark.once
@pytest.mark.parametrize("role", ROLES)
def test_each_link_of_the_desk_opens_to_who_reads_it(house, role):
    visitor = next(each for each in house.visitors if each.kind == role)
    assert lost(house, visitor) == []
