"""The pages around the rooms, and the pages of the desk that read several rooms.

Nouns: a page without rows (home, about, for partners, contact, privacy, accessibility, security),
its card. At the desk: today, the search, an event's home, a registration, how it looks.
Promises: the room has no table. It is above all others but `api`, so it may read from them, and
what touches all rooms at once lives here: search, what needs somebody now, and removing a draft
with all that hangs on it. What is found and what is needed each room offers itself
(`Component.search`, `Component.needs`); here it is asked for in one order, in few bounded
statements.
Begin with `routes` (the public pages) and `desk/today` (the desk's first page).
"""
