"""The map of the house. A line a room; stairs only go down, from the last line to the first.

core            ground floor, knows no room: database, clock, refusals, links, letters, web
delivery        the outbox: a letter is a row until it has left
accounts        who may sit at the desk, and the journal of what they did
themes          sectors, programme lines, challenges, regions: the words on everything
contacts        organisations, people, and what they agreed to receive
capacity        places that can be taken, what is held of them, and what waits
events          events, series and venues; the agenda and its feeds
registrations   who comes to an event, what they answered; questions/ has a folder per kind
invitations     ambassadors and the people they bring
kits            publication kits in each partner's brand; assets/ has a folder per asset
newsletters     issues, audiences, subscriptions; blocks/ has a folder per block
privacy         what we hold on a person: shown, wiped, and kept no longer than it serves
site            the pages around the rooms, and pages of the desk that read several rooms
api             what machines read: health, figures, sitemap, robots, security.txt
demo            what the house shows on a first start: what the rooms tell by their seeds
app             create_app() and COMPONENTS, the list of rooms; the only file that knows them all
start           `./run` (`__main__`): makes ready and serves
backups         ./run backup and ./run restore: the house in one file, and back

In a room: models (nouns), rules (pure decisions), queries (every select), letters (object to
letter), actions (use-cases, the only writers, never commit), forms, and the doors: routes (public),
desk (behind the lock), jobs (the clock), cli (commands). journal has the words for what the room
writes in the journal, seeds what the demo tells of it. component offers all of it to the house
(core/components.py has the type): a new room is a folder, and one line in COMPONENTS. A page is
in the highest room that it reads; the few imports that run up the stairs are named in
pyproject.toml. `templates/<room>/`, `mail/<room>/` and `tests/<room>/` mirror the rooms. Reason it
is so: DECISIONS.md.
"""
