"""Who is served first."""

from events_app.core import queue


def test_what_people_wait_for_does_not_stand_behind_the_kits_of_a_hundred_partners(app):
    lines = app.extensions["queue"]
    for partner in (1, 2, 3):
        queue.kick_now("kits.prepare_one", 1, partner)
    queue.kick_now("accounts.mail_links")
    assert queue.waiting() == 4
    assert lines.huey.dequeue().args == ("accounts.mail_links", [])
    assert lines.huey.dequeue() is None
    assert [lines.spare.dequeue().args for _ in range(3)] == [
        ("kits.prepare_one", [1, 1]),
        ("kits.prepare_one", [1, 2]),
        ("kits.prepare_one", [1, 3]),
    ]
