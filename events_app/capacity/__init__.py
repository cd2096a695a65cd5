"""What can be taken, what is held, and what waits.

Nouns: Pool (places, with a size or without), Claim (what somebody has of it, or waits for).
Promises: no pool is ever over its size. Places change hands under the lock of the pool's row; more
than one pool is locked in the order of their ids. A party gets all of its places or none. Nobody
new passes a party in line that would fit. An id is never used again.
Places that one claim holds can be a pool of their own, until they are released.
The room knows no holder: rooms above point down at their claim, and at their pool. It starts no
job either: whoever frees places offers them.
Begin with `rules` (the decision), then `actions.take` and `actions.offer`.
"""
