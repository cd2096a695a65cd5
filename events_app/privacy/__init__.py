"""What the house holds on a person: shown, wiped, and kept no longer than it serves.

Nouns: an e-mail address, what each room holds on it (`Holding`), and a term after which it goes.
Promises: `columns.txt` says of every column what it can say of people, and a test fails for a
column that is not there. A person's file holds all of it (GDPR, article 15). Erasing is one
transaction; figures stay, and so does the mark of an objection. It is written down outside the
database, so that a restored backup forgets the same people again.
The rooms below offer how to show and wipe their own rows (`Component.holding`); the doors hand that
down, and this room wipes from the top room to the bottom one. Letters and the journal come last:
they tell of all rooms. Each room forgets its own at night (`tidy` in its jobs, after the `KEEP…` of
its rules, which the public privacy page tells); people who have no part in anything go here.
Begin with `columns.txt`, then `queries.everything_on` and `actions.erase`.
"""
