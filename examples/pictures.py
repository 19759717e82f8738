"""Pictures as plain bytes, one grey byte a pixel, and what the pipeline does to them. Nothing to install."""

from __future__ import annotations

import hashlib
import random
import time
from typing import NamedTuple


class Picture(NamedTuple):
    """`pixels` holds height rows of width bytes."""

    name: str
    width: int
    height: int
    pixels: bytes


class BadPictureError(Exception):
    """A picture that cannot be read."""


def load(number: int, side: int) -> Picture:
    """A made-up photo of `side` × `side` pixels: a gradient, noise, and in every 97th a torn header.

    Takes as long as a disk far away would. Raises BadPictureError because of the ValueError that its header is.
    """
    name = f"IMG_{number:04d}.png"
    time.sleep(random.uniform(0.01, 0.06))
    try:
        header = _header(number, side)
    except ValueError as error:
        raise BadPictureError(f"{name} is not a picture") from error
    noise = random.Random(number).randbytes(side)
    rows = (bytes((x + y + noise[x]) & 0xFF for x in range(side)) for y in range(side))
    return Picture(name, header[0], header[1], b"".join(rows))


def _header(number: int, side: int) -> tuple[int, int]:
    text = f"{side}x{side}" if number % 97 != 31 else f"{side}x"
    width, _, height = text.partition("x")
    return int(width), int(height)


def resize(picture: Picture, side: int) -> Picture:
    """The nearest pixels, `side` × `side` of them."""
    columns = [x * picture.width // side for x in range(side)]
    rows = []
    for y in range(side):
        start = (y * picture.height // side) * picture.width
        rows.append(bytes(picture.pixels[start + x] for x in columns))
    return Picture(picture.name, side, side, b"".join(rows))


def blur(picture: Picture) -> Picture:
    """Each pixel becomes the mean of itself and its neighbours to the left and right."""
    p = picture.pixels
    mixed = (left + 2 * here + right >> 2 for left, here, right in zip(p[-1:] + p[:-1], p, p[1:] + p[:1], strict=True))
    return picture._replace(pixels=bytes(mixed))


def fingerprint(picture: Picture) -> str:
    """A hash that is the same for the same pixels."""
    return hashlib.sha256(picture.pixels).hexdigest()[:16]
