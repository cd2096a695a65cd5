"""The verbs of this room. Each locks the pools of its event before any other row."""

from events_app.registrations.actions.allotting import (
    allot,
    change_allotment,
    forget_name,
    release,
    release_due,
    remove_allotment,
)
from events_app.registrations.actions.answering import answer
from events_app.registrations.actions.arranging import move_options, remove_options, set_options
from events_app.registrations.actions.cancelling import expire, give_up
from events_app.registrations.actions.changing import change, leave_party
from events_app.registrations.actions.configuring import (
    add_hall,
    ask,
    move_question,
    remove_of,
    remove_question,
    resize,
    set_up,
    take_along,
)
from events_app.registrations.actions.confirming import confirm, lapse
from events_app.registrations.actions.erasing import (
    erase,
    erase_guest,
    erase_one,
    erase_one_again,
    forget,
    forget_givers,
)
from events_app.registrations.actions.following import call_off, tell_change, tell_now
from events_app.registrations.actions.guests import tell_guest
from events_app.registrations.actions.passing import (
    HANDED_OVER,
    decline,
    expire_transfers,
    take,
    take_back,
    transfer,
)
from events_app.registrations.actions.registering import Registered, register, remind
from events_app.registrations.actions.retention import recount, wipe
from events_app.registrations.actions.waiting_list import accept, offer_places, promote, stay_online

__all__ = [
    "HANDED_OVER",
    "Registered",
    "accept",
    "add_hall",
    "allot",
    "answer",
    "ask",
    "call_off",
    "change",
    "change_allotment",
    "confirm",
    "decline",
    "erase",
    "erase_guest",
    "erase_one",
    "erase_one_again",
    "expire",
    "expire_transfers",
    "forget",
    "forget_givers",
    "forget_name",
    "give_up",
    "lapse",
    "leave_party",
    "move_options",
    "move_question",
    "offer_places",
    "promote",
    "recount",
    "register",
    "release",
    "release_due",
    "remind",
    "remove_allotment",
    "remove_of",
    "remove_options",
    "remove_question",
    "resize",
    "set_options",
    "set_up",
    "stay_online",
    "take",
    "take_along",
    "take_back",
    "tell_change",
    "tell_guest",
    "tell_now",
    "transfer",
    "wipe",
]
