from events_app.core.components import Component, MenuItem
from events_app.core.text import lazy as _
from events_app.themes import desk, jobs, models
from events_app.themes.journal import JOURNAL
from events_app.themes.seeds import SEEDS

COMPONENT = Component(
    name="themes",
    models=(models,),
    doors=(desk.bp,),
    jobs=(jobs,),
    menu=(MenuItem(_("Themes"), "themes_desk.themes", 90),),
    seeds=SEEDS,
    journal=JOURNAL,
)
