"""Words in common: texts as the stems of their words, French and English, accents and case ignored (Spec S2, S5).

The same stems are made of what is stored and of what is asked for, in Python, so that both databases find the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

import snowballstemmer

from .text import fold

_TOKEN = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_WORD = re.compile(r"\w+(?:[._-]\w+)*")
_LONGEST = 40
_SAY_NOTHING = """
    a afin ai ainsi alors apres as au aucun aussi autre aux avant avec avoir ayant bien bonjour c ca car ce cela celle
    ces cet cette chaque chez ci comme comment cordialement d dans de depuis des deux dire doit donc dont du elle elles
    en encore entre est et etaient etait ete etes etre eu eux faire fait faut fois font furent hors ici il ils j jamais
    je jour jours juste l la le les leur leurs lors lorsque lui m ma madame mais me mes mieux moins mon monsieur merci n
    ne ni nos notre nous on ont or ou par parce pas pendant peu peut peuvent plus plusieurs pour pouvez pourquoi
    probleme qu quand que quel quelle quelles quels qui s sa sans se ses si soit son sont sous sur t ta tant te tel tes
    toujours tous tout toute toutes tres trop tu un une vers voici voila vos votre vous y
    about after again all also am an and any are as at be because been before being but by can could did do does doing
    don done down during each few for from further get got had has have having he hello her here him his how i if in
    into is it its just let me more most my need no nor not now of off on once only or other our out over own please
    problem same she should since so some still such than thank thanks that the their them then there these they this
    those through to too under until up very was we were what when where which while who why will with would you your
    """
#: Words that say nothing of a matter, folded.
STOP_WORDS = frozenset(_SAY_NOTHING.split())


def stems_of(text: str) -> list[str]:
    """The stems of the words of a plain text, each once, in the order in which they first come; stop words left out.

    Codes such as ``ORA-00942`` stay whole beside their parts: they are what people look for.
    """
    found: dict[str, None] = {}
    for token in _TOKEN.findall(fold(text)):
        parts = re.split(r"[._-]", token)
        for word in (token, *parts) if len(parts) > 1 else parts:
            if 1 < len(word) <= _LONGEST and word not in STOP_WORDS:
                found[stem(word)] = None
    return list(found)


def words_with(text: str, stems: Collection[str]) -> list[str]:
    """The words of a plain text, as they are written there, whose stem is among ``stems``; one word for each stem."""
    left, found = set(stems), []
    for part, own in _stems_by_word(text):
        met = left.intersection(own)
        if met:
            left -= met
            found.append(part)
    return found


@lru_cache(maxsize=8)
def _stems_by_word(text: str) -> tuple[tuple[str, list[str]], ...]:
    """The words of a text and the parts of each, with their stems: one question is held against many rows."""
    return tuple(
        (part, stems_of(part)) for word in _WORD.findall(text) for part in (word, *re.split(r"[._-]", word))
    )


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The stem of one folded word: English endings go first, then French ones; figures stay as they are."""
    if any(sign.isdigit() for sign in word):
        return word
    english, french = _stemmers()
    return str(french.stemWord(english.stemWord(word)))


@lru_cache(maxsize=1)
def _stemmers() -> tuple[snowballstemmer.stemmer, snowballstemmer.stemmer]:
    return snowballstemmer.stemmer("english"), snowballstemmer.stemmer("french")
