"""The words that everything is sorted by: sectors, programme lines, challenges, regions.

Nouns: Theme, and its Kind. A theme has a code, a name in two languages and a colour.
Promises: a code never changes, since links hold it. A theme is retired and never deleted, so what
was tagged with it stays tagged. A colour that cannot be told from light or dark paper is refused.
A page carries a theme's colour as a class; `actions.draw_styles` writes the classes into the one
style sheet.
Begin with `models`, then `rules` (colours).
"""
