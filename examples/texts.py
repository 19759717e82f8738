"""Captions for the pictures, and counting their words."""

from __future__ import annotations

import random
import re
from collections import Counter

WORDS = ("light", "river", "stone", "early", "market", "morning", "harbour", "silver", "window", "garden", "night")


def caption(number: int, length: int) -> str:
    """A made-up caption of `length` words."""
    return " ".join(random.Random(number).choices(WORDS, k=length)).capitalize() + "."


def tokenise(text: str) -> list[str]:
    """The words of `text`, in lower case."""
    return re.findall(r"[a-z]+", text.lower())


def count_words(number: int) -> Counter[str]:
    """How often each word occurs in caption `number`."""
    return Counter(tokenise(caption(number, 400 + number % 1600)))
