"""The page that shows every part of the look, on a free port, and who may see it."""

from threading import Thread

import pytest
from werkzeug.serving import make_server


@pytest.fixture
def site(app):
    """Its address, served on a free port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visit(chromium, site, desk):
    contexts = []
    session = {"name": "session", "value": desk.get_cookie("session").value, "url": site}

    def visit(path, **options):
        context = chromium.new_context(**options)
        context.add_cookies([session])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(site + path)
        return page

    yield visit
    for context in contexts:
        context.close()
