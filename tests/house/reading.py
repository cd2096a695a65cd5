"""How easily Dutch reads: the reading ease of R. Flesch (1948) as W.H. Douma made it for Dutch.

    206.84 - 0.93 x words per sentence - 77 x syllables per word

Douma, De leesbaarheid van landbouwbladen, Wageningen 1960. 60 and more is plain enough for B1;
very hard is below 30. It says something of a page, and nothing of one sentence.
"""

import re

SOUNDS = re.compile(
    "ieu|eeu|aai|ooi|oei|aa|ee|oo|uu|ie|oe|ui|eu|ei|au|ou|ij|[aeiouyëïöüéèêáàóòíìúù]"
)
"""Vowels that are said in one breath; a trema begins a new one."""
WORD = re.compile(r"[^\W\d_]+(?:['’\-‑][^\W\d_]+)*")
END = re.compile(r"(?<=[.!?…:])[\"”’)]*\s+(?=[\"“‘(]?[A-ZÀ-Þ0-9])")
SHORT = {"nl", "bv", "nr", "st", "dr", "ir", "mr", "drs", "prof"}


def syllables(word):
    return max(1, len(SOUNDS.findall(word.lower())))


def sentences(text):
    """Those with a verb's worth of words; what is no more than a label or a figure says nothing."""
    found = [WORD.findall(part) for part in END.split(" ".join(text.split()))]
    return [words for words in found if len(words) > 2]


def ease(texts):
    """Of all these paragraphs together, and how many words they are."""
    said = [words for text in texts for words in sentences(text)]
    words = [word for each in said for word in each]
    if not words:
        return 100.0, 0
    spoken = sum(map(syllables, words))
    return 206.84 - 0.93 * len(words) / len(said) - 77 * spoken / len(words), len(words)
