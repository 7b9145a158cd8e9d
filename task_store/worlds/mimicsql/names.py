"""Invented names of patients: common first names, and surnames put together from syllables."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_FEMALE = _words("""
    Ada Agnes Alma Anita Beatriz Bella Carla Celia Clara Dalia Daphne Delia Edith Elena Elsa Esther
    Fiona Flora Freda Gemma Greta Hanna Helga Ida Ines Iris Ivy Joan Judith Karin Lena Lila Lucia Mabel
    Maeve Mara Marta Mina Myra Nadia Nina Nora Olga Opal Paula Petra Priya Renata Rosa Ruth Selma Sonia
    Stella Tamar Tessa Una Vera Wanda Yara Zelda
""")
_MALE = _words("""
    Abel Adrian Albert Amos Anton Arne Basil Boris Bruno Caleb Carlos Cyril Dario David Dmitri Edgar
    Elias Emil Ernest Felix Finn Floyd Gaston George Gustav Hector Henry Hugo Igor Ivan Jasper Jonas
    Julian Karl Kofi Lars Leon Luis Malik Marco Martin Miles Milo Nathan Nils Oscar Otto Pablo Pierre
    Quentin Rafael Ravi Rolf Samuel Silas Stefan Theo Victor Walter Yusuf
""")
_ONSETS = _words("""
    Ash Bar Bel Bran Cal Car Cor Dun Ed Ell Fair Fen Gar Hal Har Hol Kel Lan Mar Mel Nor Pem Ros Sel
    Stan Thor Wal Wex
""")
_CODAS = _words("""
    bury by combe croft dale den field ford gate ham hurst ley low man mere mont more ridge son ton ward
    well wick worth
""")
_SURNAMES = tuple(onset + coda for onset in _ONSETS for coda in _CODAS)
_PAIRS = len(_FEMALE) * len(_SURNAMES)
_STRIDE = (
    15013  # a prime that divides no number of pairs: neighbours get unlike names, and no pair comes twice
)
_INITIALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

assert len(_FEMALE) == len(_MALE) == 60


def patient_name(number: int, gender: str) -> str:
    """The name of patient `number` (from 0); no two patients of a world share one below a million."""
    turn, pair = divmod(number, _PAIRS)
    first, last = divmod(pair * _STRIDE % _PAIRS, len(_SURNAMES))
    given = (_FEMALE if gender == "F" else _MALE)[first]
    middle = f" {_INITIALS[(turn - 1) % 26]}." if turn else ""
    return f"{given}{middle} {_SURNAMES[last]}"
