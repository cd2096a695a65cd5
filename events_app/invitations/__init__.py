"""Ambassadors, and the people that they invite in their own name.

Nouns: Ambassador (a person with a quota and a page of their own), Invitation (to one guest, for one
event), GuestPlaces (an allotment of an event for their guests), and the share link, whose code a
registration keeps as its source.
Promises: a guest is invited to an event once, whoever asks, and never again after an objection;
what was taken back can be sent again. An ambassador sees what became of each invitation, and not
why somebody cannot be invited. Taking the place and answering the invitation are one transaction.
Guests are wiped after the event.
Begin with `models`, then `actions` (`invite`, `accept`) and `rules`. The guest's page and the
ambassador's page are both in `routes`, behind personal links.
"""
