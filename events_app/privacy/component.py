from events_app.core.components import Component
from events_app.privacy import desk, jobs, routes
from events_app.privacy.journal import JOURNAL

COMPONENT = Component(name="privacy", doors=(routes.bp, desk.bp), jobs=(jobs,), journal=JOURNAL)
