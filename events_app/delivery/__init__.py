"""The outbox: a letter is a row until a mail server has it.

Nouns: OutboxMessage (one letter to one reader), LetterBody (what all its readers share),
Mention (whom a letter names besides), Suppression (an address that gets no more of a kind),
SendingPause (what is paused, and why).
Promises: a letter is written in the transaction of what it tells about, and once for each
`dedupe_key`. Its state says what became of it. When nobody can know whether it arrived it is
*uncertain*, and a person decides; only a letter that its reader waits for is sent again, once. Who
objected is never written to. Thirty days after a letter is over its reader is wiped from it.
Other rooms call `actions.enqueue` and its neighbours, and never `post`.
Begin with `models` (the states), `actions/send` (how a letter moves) and `dispatch` (the loop).
`post` makes the bytes and speaks SMTP.
"""
