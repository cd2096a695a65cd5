import vobject, icalendar
from datetime import timedelta, datetime, UTC
from zoneinfo import ZoneInfo
from tests.factories.events import *
from tests.factories.registrations import *
from events_app.core import clock
TITLES = ["Komma, puntkomma; en \\ schuin", "Emoji 🎭 en 漢字 ", "x"*200, "Aanhaling \"dubbel\" & <b>", "e\u0301"*60]
def test_ics(client, app):
    for t in TITLES:
        make_event(t, summary="Kort, en; zo\nregel", capacity=3)
    lon = make_event("Londen", starts_at=datetime(2027,3,28,0,30,tzinfo=ZoneInfo("Europe/London")), ends_at=datetime(2027,3,28,4,0,tzinfo=ZoneInfo("Europe/London")), timezone="Europe/London", summary="K")
    dst = make_event("Nacht", starts_at=datetime(2027,10,31,1,30,tzinfo=ZoneInfo("Europe/Amsterdam")), ends_at=datetime(2027,10,31,2,30,fold=1,tzinfo=ZoneInfo("Europe/Amsterdam")), summary="K")
    r = client.get("/events.ics"); raw = r.data.decode()
    assert all(len(l.encode())<=75 for l in raw.split("\r\n")); 
    v = vobject.readOne(raw); i = icalendar.Calendar.from_ical(r.data)
    a = {x.summary.value: (x.dtstart.value, x.dtend.value) for x in v.vevent_list}
    b = {str(x["summary"]): (x["dtstart"].dt, x["dtend"].dt) for x in i.walk("VEVENT")}
    print(len(a), [t for t in TITLES if t.strip() not in {k.strip() for k in a}], [t for t in TITLES if t.strip() not in {k.strip() for k in b}])
    for e, n in ((lon,"Londen"),(dst,"Nacht")):
        for src in (a,b): print(n, [x.astimezone(UTC) for x in src[n]], e.starts_at, e.ends_at)
    import itertools
    for q in itertools.product(["","sector=energie","sector=nope"],["","region=zuid-holland","region=x"],["","kind=meeting"],["","q=Londen"],["","month=2027-03","month=x"],["","lang=en"]):
        url="/events.ics?"+"&".join(filter(None,q)); s=client.get(url).status_code
        s2=client.get("/events.atom?"+"&".join(filter(None,q))).status_code; s3=client.get("/events/?"+"&".join(filter(None,q))).status_code
        if s>=500 or s2>=500 or s3>=500 or (s!=s2): print(url,s,s2,s3)
