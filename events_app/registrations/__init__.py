"""Who comes to an event: forms, places, the waiting line, and each reader's calendar entry.

Nouns: RegistrationForm and Question, Registration (a party), Participant (one of it), Answer,
CalendarEntry (what somebody was last told), Allotment (places held for somebody's guests),
Transfer (a place on its way to another address), OptionGroup and Option (what can be chosen
besides), OptionSignup (who has it). A form points at its pools, a registration at its claim:
capacity has both.
Promises: the status of a registration follows its claim, and `actions/status` alone writes it;
whoever changes it locks the pools of its event first. An address counts once for each event. A
place that is given up goes to the first party in line that fits; one that is held for somebody's
guests stays with them until their day. Options are had with a seat alone, and end with it. Everyone
whose calendar is wrong gets one letter that puts it right. Needs and answers are wiped when they
have served their purpose, with what people sent. Nobody learns from a form whether an
address is registered.
A kind of question is a folder in `questions`, and a name in its list.
Begin with `models`, then `actions/status`, `actions/entering`, `actions/line` and
`rules/opening`.
Use the room as `registrations.actions.register` and so on: `actions`, `queries` and `rules`
re-export what others may use.
"""
