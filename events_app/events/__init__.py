"""Events, their series and venues; the agenda and its feeds.

Nouns: Event, EventSeries, Venue, EventPartner (an organisation in an event's sender bar).
Promises: an event moves only as `rules/life` allows, and is shown only when it is complete
(`rules/ready`). Its address stays once it was shown. `revision` counts every change; rooms above
compare it and are never called from here. `rules/telling` says which changes people must hear of,
and when. A change of time or place keeps what readers knew before.
Begin with `models`, then `rules/life`, `actions/living` and `actions/editing`. What a reader of the
page or the agenda can see is read in `queries/one` and `queries/lists`. Who comes is in
`registrations`.
"""
