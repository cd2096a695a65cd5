from events_app.capacity import models
from events_app.core.components import Component

COMPONENT = Component(name="capacity", models=(models,))
