import gzip
import re

from events_app.core import static


def stylesheet(client):
    page = client.get("/nowhere")
    return re.search(r'rel="stylesheet" href="([^"]+)"', page.text)[1]


def test_styles_are_kept_for_ever_under_the_address_of_their_content(client):
    answer = client.get(stylesheet(client))
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.mimetype == "text/css"


def test_what_the_styles_ask_for_is_there_and_kept_for_ever(client):
    addresses = re.findall(r'url\("([^"]+)"\)', client.get(stylesheet(client)).text)
    assert len(addresses) == 6
    for address in addresses:
        answer = client.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "font/woff2")
        assert "immutable" in answer.headers["Cache-Control"]


def test_an_old_address_still_gives_the_styles_but_is_not_kept(client):
    answer = client.get("/assets/000000000000/site.css")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


def test_what_the_desk_adds_is_at_the_end_of_the_same_stylesheet_and_changes_its_address(client):
    before = stylesheet(client)
    static.add_styles(".theme-water { --theme: #123456; }")
    after = stylesheet(client)
    assert before != after
    assert client.get(after).text.endswith(".theme-water { --theme: #123456; }")


def test_nothing_outside_the_static_folder_is_given_away(client):
    for name in ("../app.py", "%2e%2e/app.py", "css/../../app.py", "css", "fonts/OFL.txt"):
        assert client.get(f"/assets/x/{name}").status_code == 404


def test_texts_travel_packed_to_who_can_unpack_them_and_fonts_never(client):
    packed = {"Accept-Encoding": "gzip"}
    styles = client.get(stylesheet(client), headers=packed)
    assert styles.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in styles.headers["Vary"]
    assert gzip.decompress(styles.data) == client.get(stylesheet(client)).data
    font = client.get("/assets/x/fonts/source-sans-3-latin-wght.woff2", headers=packed)
    assert "Content-Encoding" not in font.headers
