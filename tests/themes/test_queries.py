from events_app.core.db import saving
from events_app.themes import queries
from events_app.themes.models import Kind
from tests.factories.events import theme


def test_the_sectors_come_in_the_desks_order_in_one_statement(app, statements):
    assert [t.code for t in queries.of_kind(Kind.SECTOR)][:2] == ["agri-food", "chemie"]
    assert len(statements) == 1


def test_what_is_no_longer_offered_cannot_be_chosen_but_can_be_read(app):
    water = theme("water")
    with saving():
        water.is_active = False
    assert "water" not in [t.code for t in queries.of_kind(Kind.SECTOR)]
    assert queries.by_ids([water.id]) == [water]


def test_no_ids_need_no_statement(app, statements):
    assert queries.by_ids([]) == []
    assert statements == []
