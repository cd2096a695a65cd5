"""Write a kit and its versions, make its files, tell its partners, count what came of it."""

from events_app.kits.actions.counting import (
    ROLES,
    SHARE,
    addresses,
    count_click,
    count_download,
    make_links,
)
from events_app.kits.actions.making import Pack, draw, keep, order, pack, wanted
from events_app.kits.actions.telling import send_link
from events_app.kits.actions.writing import (
    draft,
    edit,
    publish,
    renew,
    said_now,
    said_of,
    withdraw,
)

__all__ = [
    "ROLES",
    "SHARE",
    "Pack",
    "addresses",
    "count_click",
    "count_download",
    "draft",
    "draw",
    "edit",
    "keep",
    "make_links",
    "order",
    "pack",
    "publish",
    "renew",
    "said_now",
    "said_of",
    "send_link",
    "wanted",
    "withdraw",
]
