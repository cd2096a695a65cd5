"""Facts and a brand as they come, for previews of an asset and for tests; all made up."""

from datetime import datetime
from zoneinfo import ZoneInfo

from events_app.kits.rules.values import (
    Brand,
    Facts,
    Licence,
    Quote,
    Sector,
    Sender,
    SenderKind,
    Venue,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def sample() -> tuple[Facts, Brand]:
    facts = Facts(
        title="Leren waar het werk verandert",
        url="https://example.org/events/leren-waar-het-werk-verandert",
        lead="Bedrijven, scholen en werkenden laten zien hoe zij samen leren"
        " terwijl de energietransitie doorgaat.",
        description="In Utrecht staan zes learning communities op het podium."
        " U ziet wat werkt en wat niet.\n\nNa afloop praat u verder met de makers."
        " U gaat naar huis met drie ideeën voor uw eigen regio.",
        starts_at=datetime(2027, 3, 18, 13, 0, tzinfo=AMSTERDAM),
        ends_at=datetime(2027, 3, 18, 17, 30, tzinfo=AMSTERDAM),
        venue=Venue(
            name="De Werkspoorhal",
            address="Voorbeeldweg 41, 3534 AP Utrecht",
            city="Utrecht",
            access="Ingang en toiletten zijn drempelvrij.",
        ),
        sectors=(Sector("energie", "Energie", "#c47d08"), Sector("ict", "ICT", "#2d83e0")),
        challenges=("Energietransitie & Duurzaamheid",),
        senders=(Sender("Stichting Samen Leren", SenderKind.HOST),),
        quote=Quote("Wie leert op de werkplek, leert voor morgen.", "Sanne Voorbeeld", "docent"),
        hashtags=("learningcommunity", "energietransitie", "levenlangontwikkelen"),
        links={
            "print/poster-a3": "https://example.org/r/Ab3xK9",
            "more/signature/live": "https://example.org/r/Ab3xK9/banner.png",
        },
        ics=b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n",
        source_line="Bron: Roadmap Human Capital Topsectoren 2020–2023",
        licence=Licence("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    )
    brand = Brand(
        "Techniekhuis Noord", accent="#00695c", website="https://techniekhuis.example.org"
    )
    return facts, brand
