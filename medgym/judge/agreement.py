"""How far a judge agrees with people: accuracy, Cohen's kappa, position bias. Pure."""

from collections.abc import Sequence

from graders.rates import Rate
from medgym.judge.judge import Opinion
from task_store.types import Model


class Example(Model):
    """One labelled pair of answers."""

    question: str
    reference: str
    candidate: str
    same: bool
    """What people say: the candidate says the same as the reference."""


class Agreement(Model):
    """A judge over labelled examples."""

    examples: int
    judged: int
    """Examples with a verdict: both orders agreed."""
    accuracy: Rate
    """Of the judged ones."""
    kappa: float | None
    """Cohen's kappa over the judged ones; None: not defined, as where judge and labels are all alike."""
    false_accepts: int
    """Judged the same, and labelled otherwise."""
    false_rejects: int
    order_changed: int
    """Examples whose verdict was another when the texts changed places."""
    malformed: int
    """Examples with a reply that was not of the form asked for."""
    position_bias: float | None
    """Share called the same with the reference first, minus that with the candidate first; over well-formed
    examples. None: there are none."""


def agreement(examples: Sequence[Example], opinions: Sequence[Opinion]) -> Agreement:
    """Hold a judge's opinions against the labels.

    Kappa: Cohen 1960, Educ Psychol Meas 20:37 (from memory): (po - pe) / (1 - pe), with the observed share of
    agreement po and the share pe that the two margins alone would give.
    """
    pairs = list(zip(examples, opinions, strict=True))
    judged = [(example.same, opinion.same) for example, opinion in pairs if opinion.same is not None]
    orders = [
        (opinion.reference_first, opinion.candidate_first)
        for opinion in opinions
        if opinion.reference_first is not None and opinion.candidate_first is not None
    ]
    right = sum(label == verdict for label, verdict in judged)
    return Agreement(
        examples=len(pairs),
        judged=len(judged),
        accuracy=Rate.of(right, len(judged)),
        kappa=_kappa(judged),
        false_accepts=judged.count((False, True)),
        false_rejects=judged.count((True, False)),
        order_changed=sum(first != second for first, second in orders),
        malformed=len(pairs) - len(orders),
        position_bias=sum(first - second for first, second in orders) / len(orders) if orders else None,
    )


def _kappa(pairs: Sequence[tuple[bool, bool | None]]) -> float | None:
    total = len(pairs)
    if not total:
        return None
    observed = sum(label == verdict for label, verdict in pairs) / total
    labelled, accepted = sum(label for label, _ in pairs) / total, sum(v is True for _, v in pairs) / total
    expected = labelled * accepted + (1 - labelled) * (1 - accepted)
    return None if expected == 1 else (observed - expected) / (1 - expected)
