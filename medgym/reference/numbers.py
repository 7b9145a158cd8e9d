"""One number: how MedAgentGym judges medcalcbench and npowerai."""


def medcalcbench(gold: str, text: str) -> bool:
    """Right when the gold is at least 95 % of the number printed, *or* at most 105 % of it.

    One of the two holds for every number that is not negative, whatever the gold. A gold that is no
    number (a date, weeks and days) is never matched, and no negative gold matches itself.
    """
    try:
        wanted, number = float(gold), float(text)
    except (ValueError, OverflowError):
        return False
    return wanted >= number * 0.95 or wanted <= number * 1.05


def npowerai_size(gold: float, text: str) -> bool:
    """Right when the text is the whole number itself; "42.0" is not read."""
    try:
        return int(text.strip()) == gold
    except ValueError:
        return False


def npowerai_power(gold: float, text: str) -> bool:
    """Right when the number is less than 1 % of the gold away from it."""
    try:
        number = float(text.strip())
    except ValueError:
        return False
    return gold * 0.99 < number < gold * 1.01
