"""The benchmarks: real processes on free loopback ports, a folder of their own, a table at the end.

    .venv/bin/python -m bench                     all parts, on SQLite
    .venv/bin/python -m bench pages kits          only these parts
    .venv/bin/python -m bench --postgres pages    the same on PostgreSQL with Redis

Each part starts its own servers, is bounded in number and time, and leaves nothing behind.
Where others use the machine, trust CPU seconds and ratios between two things of one run.
"""
