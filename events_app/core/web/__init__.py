"""What every page shares: doors, languages, headers, errors."""

from events_app.core.web.caching import if_fresh, kept, kept_form
from events_app.core.web.doors import desk, key, open_doors, public
from events_app.core.web.errors import error_page, is_cut_off, signed_out
from events_app.core.web.headers import framed_here, private, sent_file
from events_app.core.web.languages import local_path
from events_app.core.web.opening import csrf, open_web
from events_app.core.web.requests import can_undo, is_from_here

__all__ = [
    "can_undo", "csrf", "desk", "error_page", "framed_here", "if_fresh", "is_cut_off",
    "is_from_here", "kept", "kept_form", "key", "local_path", "open_doors", "open_web", "private",
    "public", "sent_file", "signed_out",
]  # fmt: skip
