"""The pages around the rooms, and what the desk asks of all rooms at once.

Nouns: a page without rows (home, about, for partners, contact, privacy, accessibility, security),
its card, a Hit of the desk's search, a Need (something that waits for a colleague).
Promises: the room has no table. It stands above all but `api`, so it may read from every room, and
what touches all rooms at once lives here: search, what needs somebody now, removing a draft with
all that hangs on it, and naming what brought somebody to a registration. Search and needs take few
statements, each bounded.
Begin with `routes` (the public pages) and `queries/needing` (the desk's first page).
"""
