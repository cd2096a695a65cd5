"""What the house holds on a person: shown, wiped, and kept no longer than it serves.

Nouns: an e-mail address, what each room holds on it (`Holding`), and a term after which it goes.
Promises: `columns.txt` says of every column what it can say of people, and a test fails for a
column that is not there. A person's file holds all of it (GDPR, article 15). Erasing is one
transaction; figures stay, and so does the mark of an objection. It is written down outside the
database, so that a restored backup forgets the same people again. The terms in `rules` are those of
the public privacy page.
The rooms below offer how to show and wipe their own rows (`Component.holding`); the doors hand that
down, and this room wipes from the top room to the bottom one. Letters and the journal come last:
they tell of all rooms.
Begin with `columns.txt` and `rules`, then `queries.everything_on` and `actions.erase`.
"""
