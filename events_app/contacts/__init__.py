"""The people and organisations that the programme works with, and what people agreed to.

Nouns: Person, Organisation (a partner, when it may have kits), Membership (a person's part in an
organisation), Consent, LinkWish (somebody asked for the link to their own page).
Promises: an e-mail address belongs to one person. A consent keeps the whole sentence that was
shown, when and how it was given, and when it was withdrawn; without one nobody gets a newsletter.
Asking for a link takes the same statements for every address, so it tells nothing of who is known.
Stored logos are drawn anew from what was sent; the file itself is not kept.
People who register for an event are not in this room: a registration has its own name and address.
Begin with `models`, then `actions` (`find_or_add_person`, `give_consent`).
"""
