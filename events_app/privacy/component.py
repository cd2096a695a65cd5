from events_app.core.components import Component
from events_app.privacy import desk, jobs, routes
from events_app.privacy.journal import JOURNAL

COMPONENT = Component(
    name="privacy", public=(routes.bp,), desk=(desk.bp,), jobs=(jobs,), journal=JOURNAL
)
