"""Phrasings of the test of two independent proportions; each states the formula in full."""

from task_store.datasets.npowerai.wording.both import both

_TRAIN = (
    "Take the pooled z test without continuity correction: power = Φ((|p1 - p2| - z √(p (1 - p) (1/n1 + "
    "1/n2))) / √(p1 (1 - p1)/n1 + p2 (1 - p2)/n2)), where p = (n1 p1 + n2 p2) / (n1 + n2) and z is the "
    "standard normal quantile at {quantile}."
)
_TEST = (
    "Use the uncorrected normal theory with the null variance pooled: put g = (k·a + l·b)/(k + l), V0 = "
    "g·(1-g)·(1/k+1/l) and V1 = a·(1-a)/k+b·(1-b)/l, where k patients have success rate a, l patients have "
    "success rate b, and c is the normal quantile of {quantile}; then power is the normal distribution "
    "function at (|a-b|-c·sqrt(V0))/sqrt(V1)."
)

TEMPLATES = (
    *both(
        "a",
        "train",
        "Trial {code} randomises {people} to {treatment} or {comparator}, in groups of equal size; the "
        "endpoint is {success}, with a probability p1 = {first} on {treatment} and p2 = {second} on "
        "{comparator}. The two proportions are compared by a {sides} test at alpha = {alpha}. " + _TRAIN,
        size="What is the smallest number of participants per group for which this power is at least "
        "{power}?",
        power="With {n} participants per group, what is the power?",
        effect="rates",
        layout="group",
    ),
    *both(
        "b",
        "train",
        "For trial {code}, {ratio} times as many {people} receive {treatment} as {comparator}. The "
        "proportion with {success} is p1 = {first} on {treatment} (n1 participants) and p2 = {second} on "
        "{comparator} (n2 participants); it is tested {sides} with a type I error rate of {alpha}. " + _TRAIN,
        size="How many participants does the smaller group, the one on {comparator}, need at least for a "
        "power of {power}?",
        power="What power results when the group on {comparator} has {n} participants?",
        effect="rates",
        layout="ratio",
    ),
    *both(
        "c",
        "train",
        "Planning request {code}\n"
        "- Design: {treatment} against {comparator}, two groups of equal size, {people}\n"
        "- Endpoint: {success}; proportion {first} on {treatment}, {second} on {comparator}\n"
        "- Test: {sides}, significance level {alpha}\n"
        "- " + _TRAIN + "\n",
        size="- Power wanted: at least {power}\n"
        "Give the minimum total number of participants, both groups together.",
        power="- Size: {n_total} participants in total, both groups together\nGive the power.",
        effect="rates",
        layout="total",
    ),
    *both(
        "d",
        "test",
        "A hospital allocates {people} 1:1 to {treatment} (arm k) and {comparator} (arm l), file {code}. "
        "Rates of {success} are put at a = {first} and b = {second} respectively, and will be contrasted "
        "{sides}, at a threshold of {alpha}. " + _TEST,
        size="Find the least n per arm with a chance of no less than {power} to reject.",
        power="How likely is a significant result with arms of {n} patients each?",
        effect="rates",
        layout="group",
    ),
    *both(
        "e",
        "test",
        "Dossier {code} splits its recruits, {people}, into two halves alike in number: k on {treatment}, "
        "expecting {success} at a rate of a = {first}, and l on {comparator}, at a rate of b = {second}. "
        "Testing is {sides} with a false-positive probability of {alpha}. " + _TEST,
        size="State the lowest grand total over the two halves that lifts power to {power} or more.",
        power="State the power that a grand total of {n_total} recruits over the two halves gives.",
        effect="rates",
        layout="total",
    ),
)
