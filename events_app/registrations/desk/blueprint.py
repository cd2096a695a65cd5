from events_app.core import web

bp = web.desk("registrations", __name__)
