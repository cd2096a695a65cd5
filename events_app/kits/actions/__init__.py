"""Write a kit and its versions, make its files, tell its partners, count what came of it."""

from events_app.kits.actions.counting import (
    ROLES,
    SHARE,
    addresses,
    count_click,
    count_download,
    make_links,
)
from events_app.kits.actions.keeping import (
    AT_ONCE,
    drop_files,
    files_without_row,
    forget_unused,
    use,
)
from events_app.kits.actions.making import (
    Pack,
    draw,
    draw_page,
    keep,
    keep_page,
    order,
    pack,
    page_wanted,
    wanted,
)
from events_app.kits.actions.telling import ask_link, mail_links, send_link
from events_app.kits.actions.writing import (
    draft,
    edit,
    publish,
    remove_of,
    renew,
    said_now,
    said_of,
    withdraw,
)

__all__ = [
    "AT_ONCE",
    "ROLES",
    "SHARE",
    "Pack",
    "addresses",
    "ask_link",
    "count_click",
    "count_download",
    "draft",
    "draw",
    "draw_page",
    "drop_files",
    "edit",
    "files_without_row",
    "forget_unused",
    "keep",
    "keep_page",
    "mail_links",
    "make_links",
    "order",
    "pack",
    "page_wanted",
    "publish",
    "remove_of",
    "renew",
    "said_now",
    "said_of",
    "send_link",
    "use",
    "wanted",
    "withdraw",
]
