"""A copy of the house in one file, made while it runs, and put back when all else is lost.

`making` writes a backup: the database by its own tool, what people gave, the secret key and the key
that signs letters, and a list of hashes. `restoring` looks at all of it before it changes anything,
does again what people asked since (to be wiped, to be written to no more), and leaves the database
that was there beside the new one.
`archive` is the file, `databases` knows SQLite and PostgreSQL.
"""
