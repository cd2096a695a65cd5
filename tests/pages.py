"""What somebody reads on a page."""

from lxml import html


def said(answer):
    """Its words alone."""
    return " ".join(html.fromstring(answer.text).text_content().split())


def shown(answer):
    """Its source, as one line."""
    return " ".join(answer.text.split())
