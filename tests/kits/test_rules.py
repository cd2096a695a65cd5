"""The sender bar, file names, the manifest and the ZIP."""

import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from events_app.kits.assets.drawing import bar
from events_app.kits.assets.drawing.logos import faded, logo
from events_app.kits.rules import archive, frozen, hashes, names
from events_app.kits.rules.manifest import manifest
from events_app.kits.rules.senders import senders
from events_app.kits.rules.values import Attendance, Brand, Change, Cover, File, Sender, SenderKind
from tests.kits import samples

pytestmark = pytest.mark.once

EMBLEM = samples.logo(330, 220, "", "eu")
FILE = File("social/linkedin", "linkedin_1200x627.png", "image/png", b"abc", 1200, 627, "Wat")


def crowd(count=4):
    kinds = (SenderKind.HOST, SenderKind.FUNDER)
    logos = [samples.logo(300 + 90 * n, 120, "#1565c0") for n in range(count)]
    some = [Sender(f"Organisatie {n}", kinds[n % 2], png) for n, png in enumerate(logos)]
    return (
        Sender("Ministerie van Voorbeeldzaken", SenderKind.GOVERNMENT),
        Sender("Europese Unie", SenderKind.EU, EMBLEM),
        *some,
        Sender("Ministerie van Andere Zaken", SenderKind.GOVERNMENT),
    )


def test_programme_first_then_hosts_partner_funders_and_government_at_the_far_right():
    order = senders(samples.facts(senders=crowd()), samples.brand())
    assert [one.name for one in order] == [
        "Op de Bühne", "Organisatie 0", "Organisatie 2", "Techniekhuis Noord", "Organisatie 1",
        "Organisatie 3", "Europese Unie", "Ministerie van Andere Zaken",
        "Ministerie van Voorbeeldzaken",
    ]  # fmt: skip


def test_nobody_stands_in_the_bar_twice():
    host = Sender("techniekhuis noord", SenderKind.HOST)
    order = senders(samples.facts(senders=(host,)), samples.brand())
    assert [one.name for one in order] == ["Op de Bühne", "techniekhuis noord"]


def test_the_emblem_of_the_eu_is_never_smaller_and_all_stay_within_the_bar():
    for count in (0, 1, 4, 9, 14):
        everyone = senders(samples.facts(senders=crowd(count)), samples.brand())
        for box in ((1016, 96), (896, 142), (233, 36)):
            placed = bar.place(everyone, box)
            talls = {item.sender.kind: item.height for item in placed if item.logo}
            assert talls[SenderKind.EU] >= max(talls.values()) - 0.001
            for item in placed:
                assert -0.01 <= item.x <= item.x + item.width <= box[0] + 0.01
                assert -0.01 <= item.y <= item.y + item.height <= box[1] + 0.01
            for one in placed:
                for other in placed:
                    assert one is other or apart(one, other)


def apart(one, other):
    beside = one.x + one.width <= other.x + 0.01 or other.x + other.width <= one.x + 0.01
    above = one.y + one.height <= other.y + 0.01 or other.y + other.height <= one.y + 0.01
    return beside or above


def test_a_logo_that_would_fade_takes_its_dark_variant_or_a_chip():
    white, teal = samples.logo(300, 100, "#ffffff"), samples.logo(300, 100, "#00695c")
    assert faded(white, "#ffffff") > 0.9
    assert logo(Sender("A", SenderKind.HOST, teal), "#ffffff").chip is None
    assert logo(Sender("A", SenderKind.HOST, white, teal), "#ffffff").png == teal
    assert logo(Sender("A", SenderKind.HOST, white), "#ffffff").chip == "#0b1b3b"


def test_file_names_say_date_subject_channel_size_and_version():
    facts = samples.facts(title="Ændring & Bühne: “één” Łódź!", version=3)
    assert (
        names.path(facts, FILE)
        == "social/2027-03-18_aendring-buhne-een-lodz_linkedin_1200x627_v3.png"
    )
    assert "_kit_" in names.path(samples.facts(title="🎉"), FILE)
    assert len(names.file_name(samples.facts(title="woord " * 40), FILE)) < 80


def crate_of(facts):
    readme = archive.Part("README.html", b"<p>Hallo</p>")
    entries = [(FILE, frozenset({"title"}))]
    return json.loads(manifest(readme, entries, facts, samples.brand(), "nl"))


def test_the_manifest_tells_the_truth_about_each_file():
    facts = samples.facts(version=2, changes=(Change("venue", "Zaal 3", "Zaal 7"),))
    graph = {item["@id"]: item for item in crate_of(facts)["@graph"]}
    assert graph["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    readme, part = (graph[each["@id"]] for each in graph["./"]["hasPart"])
    assert readme["contentSize"] == "12"
    assert part["sha256"] == hashlib.sha256(b"abc").hexdigest()
    assert part["contentSize"] == "3"
    assert part["kit:affectedBy"] == ["title"]
    assert graph["#event"]["eventStatus"] == "https://schema.org/EventScheduled"
    assert graph[graph["./"]["kit:changes"][0]["@id"]]["kit:after"] == "Zaal 7"
    assert graph["./"]["license"]["@id"] in graph


@pytest.mark.parametrize("attendance", Attendance)
@pytest.mark.parametrize("changes", [(), (Change("a", "", "b"), Change("c", "d", ""))])
def test_the_manifest_is_flat_as_ro_crate_asks(attendance, changes):
    """RO-Crate 1.2, "Metadata of the RO-Crate" and "Root Data Entity": one flat list of entities,
    each with @id and @type; within one only values and pointers to those that are there.
    """
    facts = samples.facts(attendance=attendance, changes=changes, published_at=datetime.now(UTC))
    crate = crate_of(facts)
    assert set(crate) == {"@context", "@graph"}
    assert crate["@context"][0] == "https://w3id.org/ro/crate/1.2/context"
    graph = {item["@id"]: item for item in crate["@graph"]}
    assert len(graph) == len(crate["@graph"])
    for item in graph.values():
        assert item["@type"]
        for name, value in item.items():
            for one in value if isinstance(value, list) else [value]:
                assert not isinstance(one, list), name
                if isinstance(one, dict):
                    assert set(one) == {"@id"}, (item["@id"], name)
                    known = one["@id"] in graph or one["@id"].startswith(
                        "https://w3id.org/ro/crate"
                    )
                    assert known, (item["@id"], name)
    assert graph["ro-crate-metadata.json"]["conformsTo"]["@id"].startswith(
        "https://w3id.org/ro/crate/"
    )
    root = graph[graph["ro-crate-metadata.json"]["about"]["@id"]]
    assert root["@id"] == "./"
    assert {"Dataset"} == {root["@type"]}
    assert {"name", "description", "datePublished", "license"} <= root.keys()
    files = {key for key, item in graph.items() if item["@type"] == "File"}
    assert {part["@id"] for part in root["hasPart"]} == files
    assert all(graph[key]["name"] for key in files)


def test_the_zip_is_as_long_as_it_said_and_opens_everywhere():
    parts = [archive.Part(f"a/één-{n}.txt", bytes([n]) * n * 999) for n in range(5)]
    moment = datetime(2027, 1, 14, 12, 30, 10, tzinfo=ZoneInfo("Europe/Amsterdam"))
    pieces = list(archive.stream(iter(parts), moment))
    assert [part.content in piece for part, piece in zip(parts, pieces, strict=False)] == [True] * 5
    whole = b"".join(pieces)
    assert len(whole) == archive.length((part.name, len(part.content)) for part in parts)
    with zipfile.ZipFile(io.BytesIO(whole)) as opened:
        assert opened.testzip() is None
        assert [opened.read(part.name) for part in parts] == [part.content for part in parts]
        assert opened.infolist()[1].date_time == (2027, 1, 14, 12, 30, 10)
        assert opened.infolist()[1].external_attr >> 16 == 0o100644
        assert not any(file.flag_bits & 8 for file in opened.infolist())  # no size behind its data
    assert b"".join(archive.stream(parts, moment)) == whole


def test_the_same_inputs_have_the_same_hash_and_others_another():
    facts, brand = samples.facts(), samples.brand()

    plain = samples.frozen

    def made_from(facts=facts, brand=brand, locale="nl", engine="1"):
        said = plain(facts), plain(brand)
        return hashes.input_hash("social/x", {"title", "links"}, *said, locale, engine)

    assert made_from() == made_from(samples.facts(quote=None))
    others = {
        made_from(samples.facts(title="Anders")),
        made_from(samples.facts(links={"social/x": "y"})),
        made_from(brand=Brand("B")),
        made_from(locale="en"),
        made_from(engine="2"),
    }
    assert len(others | {made_from()}) == 6
    later = samples.facts(starts_at=facts.starts_at + timedelta(days=1), title="Anders")
    assert hashes.stale(plain(facts), plain(later)) == {"starts_at", "title"}


def test_facts_and_brands_come_out_of_the_freezer_as_they_went_in():
    cover = Cover(samples.photo(), "Twee monteurs", "J. Voorbeeld")
    facts = samples.facts(cover=cover, changes=(Change("a", "b", "c"),), venue=None)
    for whole, thaw in ((facts, frozen.facts), (samples.brand(), frozen.brand)):
        said = json.loads(json.dumps(samples.frozen(whole)))
        assert thaw(said, samples.PICTURES.__getitem__) == whole
