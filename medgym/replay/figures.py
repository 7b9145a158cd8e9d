"""Pictures by their pixels: two files of one figure may differ in every byte."""

import base64
import binascii
import io

TOLERANCE = 4
"""Of 255, by which a channel of any one pixel may differ: rounding of another processor, no more."""
MAX_PIXELS = 40_000_000
"""A larger picture is compared by its bytes."""


def same_picture(one: str, other: str) -> bool:
    """Whether two base64 texts hold the same picture; what is none must be equal text."""
    if one == other:
        return True
    import numpy as np  # heavy, and needed for figures alone
    from PIL import Image, UnidentifiedImageError

    try:
        with (
            Image.open(io.BytesIO(base64.b64decode(one))) as first,
            Image.open(io.BytesIO(base64.b64decode(other))) as second,
        ):
            if first.size != second.size or first.width * first.height > MAX_PIXELS:
                return False
            pixels = [np.asarray(image.convert("RGBA"), dtype=np.int16) for image in (first, second)]
    except (binascii.Error, UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return False
    return bool((np.abs(pixels[0] - pixels[1]) <= TOLERANCE).all())
