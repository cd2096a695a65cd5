"""Letters of the demo's past: they are in the inbox, and are never sent."""

from datetime import datetime
from itertools import groupby
from operator import attrgetter

from events_app.core.letters import Stream
from events_app.core.seeds import Scenes, Seeds, Stage
from events_app.delivery.actions import send

OWNER = "demo"
AT_ONCE = 500
WRITTEN = attrgetter("created_at")


def keep(now: datetime) -> None:
    """As if no mail server had been set when each was written."""
    while taken := send.claim(tuple(Stream), owner=OWNER, now=now, limit=AT_ONCE):
        for moment, some in groupby(sorted(taken, key=WRITTEN), key=WRITTEN):
            send.keep(list(some), owner=OWNER, now=moment)


def _scenes(stage: Stage) -> Scenes:
    yield stage.now, keep


SEEDS = Seeds(_scenes)
