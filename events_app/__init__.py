"""The map of the house. A line a room; stairs only go down, from the last line to the first.

core            ground floor, knows no room: database, clock, refusals, links, letters, web
delivery        the outbox: a letter is a row until it has left
accounts        who may sit at the desk, and the journal of what they did
themes          sectors, programme lines, challenges, regions: the words on everything
contacts        organisations, people, and what they agreed to receive
events          events, series and venues; the agenda and its feeds
registrations   places, pools and waiting lists
invitations     ambassadors and the people they bring
kits            publication kits in each partner's brand; assets/ has a folder per asset
newsletters     issues, audiences, subscriptions; blocks/ has a folder per block
privacy         what we hold on a person: shown, wiped, and kept no longer than it serves
site            the pages around the rooms: home, about, privacy, accessibility, contact
api             what machines read: health, figures, sitemap, robots, security.txt
demo            what the house shows on a first start: made-up people, by the rooms' own actions
app             create_app(): opens the doors; the only file that knows every room
start           `./run` (`__main__`): makes ready and serves
backups         ./run backup and ./run restore: the house in one file, and back

In a room: models (nouns), rules (pure decisions), queries (every select), letters (object to
letter), actions (use-cases, the only writers, never commit), forms, and the doors: routes (public),
desk (behind the lock), jobs (the clock), cli (commands). `templates/<room>/`, `mail/<room>/` and
`tests/<room>/` mirror the rooms. Why it is so: DECISIONS.md.
"""
