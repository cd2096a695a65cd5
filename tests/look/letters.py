"""Every letter of the house with each of its samples, in Dutch; the first one in English too."""

from events_app.core.letters import kinds, samples

WIDTHS = (320, 600)


def take(house, eye):
    for kind in kinds():
        room, name = kind.split("/")
        for number, _values in enumerate(samples(kind), 1):
            page = house.path("delivery_desk.sample_html", room=room, name=name)
            spoken = ("nl", "en") if number == 1 else ("nl",)
            for language in spoken:
                _take(
                    eye,
                    f"{page}?sample={number}&in={language}",
                    f"{room}-{name}-{number}-{language}",
                )


def _take(eye, path, name):
    if any(part in name for part in eye.only):
        eye.staff.goto(path)
        schemes = ("light", "dark") if name.endswith("nl") else ("light",)
        eye.look(eye.staff, "letters", name, WIDTHS, schemes)
