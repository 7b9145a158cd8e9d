"""Text that contains text: how MedAgentGym judges its questions to databases (EHRSQL, MIMICSQL)."""

_WORDS = {"False": "0", "false": "0", "True": "1", "true": "1", "None": "0", "none": "0"}


def contains(gold: str, text: str) -> bool:
    """Right when the gold stands somewhere in what was printed, be it inside another number.

    Or else when all its pieces (it is cut at ", ") do, in any order and with anything between; true is
    then 1, false and nothing are 0, and 5.0 is 5.
    """
    if gold in text:
        return True
    read = text.replace("True", "1") if "True" in text else text.replace("False", "0")
    wanted = _WORDS.get(gold, gold)
    pieces = wanted.split(", ") if ", " in wanted else [wanted.removesuffix(".0")]
    return all(piece in read for piece in pieces)
