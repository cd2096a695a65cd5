"""Pressing the button of a page that says what follows, as somebody does who has read it."""

import re

MARK = re.compile(r'name="confirmed" value="([0-9a-f]+)"')


def mark_in(answer):
    """What the page's button sends; None: it asks nothing."""
    found = MARK.search(answer.text)
    return found and found[1]


def confirm(browser, path, data):
    """Sent, and once more with the button of the page, if it asks."""
    answer = browser.post(path, data=data)
    mark = mark_in(answer)
    return browser.post(path, data={**data, "confirmed": mark}) if mark else answer
