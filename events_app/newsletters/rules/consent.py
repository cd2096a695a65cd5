"""The sentence that a reader agrees to. Each version stays here: consent records point to it.

A changed word is a new version; a test holds the old ones to what they said.
"""

CURRENT = "2026-11"

WORDINGS: dict[str, dict[str, str]] = {
    "2026-11": {
        "nl": (
            "Ja, Op de Bühne (het programma Human Capital van de topsectoren) mag mij per e-mail de"
            " nieuwsbrief sturen, over bijeenkomsten, voorbeelden en resultaten. Ik kan mij altijd"
            " met één klik weer afmelden."
        ),
        "en": (
            "Yes, Op de Bühne (the Human Capital programme of the Dutch top sectors) may send me"
            " the newsletter by e-mail, about events, examples and results. I can unsubscribe at"
            " any time with one click."
        ),
    },
}


def wording(version: str, language: str) -> str:
    sentences = WORDINGS[version]
    return sentences.get(language) or sentences["nl"]
