"""Who may sit at the desk, and the journal of what they did.

Nouns: StaffMember (a colleague with a role: door, editor, organiser or owner), SignInLink,
DeskSession (a browser that is signed in), JournalEntry.
Promises: there are no passwords; a link from one's mailbox opens the desk, once. Asking for a link
tells nobody whether an address has access. A session is a row: without it the cookie opens nothing.
There is always an owner who has access. Each line of the journal is written in the transaction of
what it tells.
All desks are behind `lock`. Begin there (`allowed`, `staff`), then read `rules` (what each role
may do) and `actions.note` (the journal). `delivery` is below this room and its desk uses the lock
all the same.
"""
