"""What machines read: health, figures, sitemap, robots and security.txt.

Nouns: Health (does everything answer). The pages of the sitemap are offered by the rooms.
Promises: nothing here changes anything, and nothing names a person. `/health` answers 200 only
while database, queue and worker answer and the clocks agree. `/metrics` exists only where a token
is set.
Feeds and calendars are in the rooms whose things they list: `events` and `newsletters`.
Begin with `routes`; `queries.health` says what counts as well.
"""
