"""The ground floor: what every room needs. It knows no room, and imports none.

Nouns: the database (`db`), a refusal (`errors`), a letter (`letters`), a personal link (`tokens`),
a form (`forms`), a job (`queue`), a stored file (`files`), a picture made safe (`pictures`).
Promises: only `db.saving()` commits, and only `clock` reads the time. Every commit is whole or did
not happen. Every wait has a limit. What strangers send is bounded before it is read, and pictures
are decoded in a process of their own. Each value in the HTML of a letter is escaped or cleaned.
Begin with `db` (reading, saving), then `web` (doors, headers, errors), `letters` and `queue`.
`start` and `backups` use what keeps processes and the instance folder in order: `processes`,
`loading`, `occupancy`.
"""
