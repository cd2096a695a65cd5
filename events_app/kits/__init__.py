"""Communication kits: pictures, print, texts and a calendar file in each partner's own brand.

Nouns: Kit (of one event), KitVersion (what it said, frozen), RenderedFile (kept under the hash of
what it was made from), ShortLink, KitDownload.
Promises: a published version never changes, and can be drawn again from its facts. A kit follows
its event by itself. A partner is written to only when a file that it has is another now. The same
inputs are drawn once, outside any transaction.
`assets/` has a folder for each file of a kit, and its list. `on_demand` is where doors and jobs ask
for files; `render` draws. The bytes of `assets`, `render` and `rules` are part of each file's hash:
after any change there, even of a comment, all files are drawn anew.
Begin with `models`, then `rules/values` (facts in, files out), one small asset and
`actions/writing`.
"""
