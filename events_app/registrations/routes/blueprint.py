from events_app.core import web

bp = web.public("registrations", __name__)
