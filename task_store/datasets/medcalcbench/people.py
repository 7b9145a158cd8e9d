"""Who the note is about, and the unremarkable values that surround what matters."""

import random
from dataclasses import dataclass

# fmt: off
_SURNAMES = [
    "Abbott", "Adeyemi", "Alvarez", "Becker", "Bianchi", "Chaudhry", "Castell", "Demir", "Dubois",
    "Eriksen", "Farouk", "Fischer", "Garcia", "Hassan", "Horvat", "Ibarra", "Ivanov", "Janssen", "Kowalski",
    "Kaur", "Lindqvist", "Lopez", "Marek", "Mensah", "Nakamura", "Novak", "Okafor", "Olsen", "Petrov",
    "Quinn", "Rossi", "Santos", "Schmidt", "Tanaka", "Thorne", "Usman", "Varga", "Weber", "Yilmaz", "Zhang",
]
# fmt: on
_ADULT_FROM = 18


@dataclass(frozen=True)
class Person:
    """An invented patient."""

    age_years: int
    female: bool
    surname: str

    @classmethod
    def draw(cls, rng: random.Random, age_years: int, *, female: bool | None = None) -> "Person":
        return cls(age_years, rng.random() < 0.5 if female is None else female, rng.choice(_SURNAMES))

    def slots(self) -> dict[str, str]:
        """Words for the note: age with its article, nouns and pronouns."""
        article = "an" if self.age_years in (8, 11, 18) or 80 <= self.age_years < 90 else "a"
        adult = self.age_years >= _ADULT_FROM
        noun = ("woman" if adult else "girl") if self.female else ("man" if adult else "boy")
        he, his, him = ("she", "her", "her") if self.female else ("he", "his", "him")
        return {
            "age": str(self.age_years),
            "an_age": f"{article} {self.age_years}",
            "An_age": f"{article.capitalize()} {self.age_years}",
            "man": noun,
            "male": "female" if self.female else "male",
            "he": he,
            "He": he.capitalize(),
            "his": his,
            "His": his.capitalize(),
            "him": him,
            "Mr": "Ms" if self.female else "Mr",
            "surname": self.surname,
        }


def incidentals(rng: random.Random) -> dict[str, str]:
    """Normal or near-normal findings that no formula here needs, as slot -> text.

    A calculator that needs one of these overrides the slot.
    """
    systolic = rng.randint(112, 134)
    return {
        "bp": f"{systolic}/{rng.randint(66, 82)}",
        "pulse": str(rng.randint(62, 96)),
        "sodium": str(rng.randint(135, 144)),
        "potassium": f"{rng.uniform(3.6, 4.9):.1f}",
        "hb": f"{rng.uniform(11.4, 15.2):.1f}",
        "glucose": str(rng.randint(84, 131)),
        "spo2": str(rng.randint(95, 99)),
        "wbc": f"{rng.uniform(5.1, 10.6):.1f}",
        "platelets": str(rng.randint(168, 342)),
        "crp": str(rng.randint(6, 180)),
        "alt": str(rng.randint(14, 41)),
        "magnesium": f"{rng.uniform(1.7, 2.3):.1f}",
        "months_ago": str(rng.randint(4, 11)),
        "years_ago": str(rng.randint(2, 9)),
        "days": str(rng.randint(2, 6)),
        "bed": str(rng.randint(1, 38)),
    }


def superseded(rng: random.Random, value: float, low: float, high: float) -> float:
    """A value from an earlier visit: 18 to 40 % above or below `value`, whichever stays in [low, high]."""
    share = rng.uniform(0.18, 0.40)
    signs = [s for s in (-1, 1) if low <= value * (1 + s * share) <= high] or [
        1 if value < (low + high) / 2 else -1
    ]
    return value * (1 + rng.choice(signs) * share)
