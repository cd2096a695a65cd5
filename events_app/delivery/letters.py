from datetime import datetime

from events_app.core import links, text
from events_app.core.letters import Letter, Url, write


def trial(*, to: str, name: str, language: str, now: datetime) -> Letter:
    """A letter to oneself, to see whether the mail settings work."""
    with text.speaking(language):
        moment = f"{text.day(now)}, {text.clock_time(now)}"
        link = Url(links.to("delivery_desk.overview"))
    return write(
        "delivery/trial",
        to=to,
        to_name=name,
        language=language,
        values={"name": name, "moment": moment, "link": link},
    )
