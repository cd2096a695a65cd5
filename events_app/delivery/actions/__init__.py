"""The outbox from the rooms' side: write letters, stop them, bar an address."""

from events_app.delivery.actions.send import after_restore, free, sweep
from events_app.delivery.actions.stop import (
    AlreadySettled,
    all_arrived,
    arrived,
    cancel,
    cancel_campaign,
    cancel_letters_to,
    lift,
    object_again,
    pause,
    resume,
    send_again,
    send_all_again,
    suppress,
)
from events_app.delivery.actions.tidy import (
    erase,
    erase_letters,
    follow,
    give_up_old,
    leave_out,
    readdress,
    wipe_old,
)
from events_app.delivery.actions.write import enqueue, enqueue_many

__all__ = [
    "AlreadySettled",
    "after_restore",
    "all_arrived",
    "arrived",
    "cancel",
    "cancel_campaign",
    "cancel_letters_to",
    "enqueue",
    "enqueue_many",
    "erase",
    "erase_letters",
    "follow",
    "free",
    "give_up_old",
    "leave_out",
    "lift",
    "object_again",
    "pause",
    "readdress",
    "resume",
    "send_again",
    "send_all_again",
    "suppress",
    "sweep",
    "wipe_old",
]
