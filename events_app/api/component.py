from events_app.api import routes
from events_app.core.components import Component

COMPONENT = Component(name="api", doors=(routes.bp,))
