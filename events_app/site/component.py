from events_app.core.components import Bar, Component, MenuItem, Sitemap
from events_app.core.text import lazy as _
from events_app.site import desk, routes

COMPONENT = Component(
    name="site",
    doors=(routes.bp, desk.bp),
    menu=(
        MenuItem(_("Today"), "site_desk.today", 10),
        MenuItem(_("How it looks"), "site_desk.style", 100, Bar.SEARCH),
        MenuItem(_("For partners"), "site.partners", 30, Bar.SITE),
        MenuItem(_("About us"), "site.about", 40, Bar.SITE),
        MenuItem(_("Contact"), "site.contact", 10, Bar.FOOT),
        MenuItem(_("Privacy"), "site.privacy", 20, Bar.FOOT),
        MenuItem(_("Accessibility"), "site.accessibility", 30, Bar.FOOT),
        MenuItem(_("Security"), "site.security", 40, Bar.FOOT),
    ),
    sitemap=Sitemap(
        (
            "site.home",
            "site.partners",
            "site.about",
            "site.contact",
            "site.privacy",
            "site.accessibility",
            "site.security",
        )
    ),
)
