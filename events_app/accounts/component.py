from events_app.accounts import cli, desk, jobs, models, routes
from events_app.accounts.journal import JOURNAL
from events_app.accounts.seeds import SEEDS
from events_app.core.components import Bar, Component, MenuItem
from events_app.core.text import lazy as _

COMPONENT = Component(
    name="accounts",
    models=(models,),
    doors=(routes.bp, desk.bp),
    jobs=(jobs,),
    commands=(cli.sign_in_link,),
    menu=(
        MenuItem(_("Journal"), "accounts_desk.journal", 110),
        MenuItem(_("Colleagues"), "accounts_desk.colleagues", 120),
        MenuItem(_("Invite a colleague"), "accounts_desk.invite", 80, Bar.SEARCH),
        MenuItem(_("Your seat"), "accounts_desk.me", 90, Bar.SEARCH),
        MenuItem(_("Sign in for staff"), "accounts.sign_in", 50, Bar.FOOT),
    ),
    seeds=SEEDS,
    journal=JOURNAL,
)
