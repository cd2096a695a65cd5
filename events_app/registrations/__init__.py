"""Who comes to an event: forms, places, the waiting line, and each reader's calendar entry.

Nouns: RegistrationForm and Question, Pool (places that can be taken), Registration (a party),
Participant (one of it), Answer, WaitlistEntry, CalendarEntry (what somebody was last told).
Promises: no pool is ever overbooked; only `actions/pools` changes how many places are taken, and
whoever changes places locks the pool's row first. An address counts once for each event. A place
that is given up goes to the first party in line that fits. Everyone whose calendar is wrong gets
one letter that puts it right. Needs and answers are wiped when they have served their purpose.
Nobody learns from a form whether an address is registered.
Begin with `models`, then `actions/pools`, `actions/entering`, `actions/line` and `rules/opening`.
Use the room as `registrations.actions.register` and so on: `actions`, `queries` and `rules`
re-export what others may use.
"""
