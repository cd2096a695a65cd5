"""The verbs of this room. Each locks the pools of its event before any other row."""

from events_app.registrations.actions.allotting import (
    allot,
    change_allotment,
    forget_name,
    release,
    remove_allotment,
)
from events_app.registrations.actions.arranging import move_options, remove_options, set_options
from events_app.registrations.actions.changing import change
from events_app.registrations.actions.confirming import confirm, lapse
from events_app.registrations.actions.entering import Registered, register, remind
from events_app.registrations.actions.erasing import (
    erase,
    erase_guest,
    erase_one,
    erase_one_again,
    forget,
)
from events_app.registrations.actions.following import call_off, tell_change, tell_now
from events_app.registrations.actions.keeping import recount, wipe
from events_app.registrations.actions.leaving import expire, give_up
from events_app.registrations.actions.line import accept, offer_places, promote, stay_online
from events_app.registrations.actions.passing import (
    decline,
    expire_transfers,
    take,
    take_back,
    transfer,
)
from events_app.registrations.actions.settling import (
    ask,
    move_question,
    remove_of,
    remove_question,
    resize,
    set_up,
    take_along,
)

__all__ = [
    "Registered",
    "accept",
    "allot",
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
    "forget_name",
    "give_up",
    "lapse",
    "move_options",
    "move_question",
    "offer_places",
    "promote",
    "recount",
    "register",
    "release",
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
    "tell_now",
    "transfer",
    "wipe",
]
