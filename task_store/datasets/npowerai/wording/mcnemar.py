"""Phrasings of the paired comparison of two proportions; n is always the number of pairs."""

from task_store.datasets.npowerai.wording.both import both

_TRAIN = (
    "The analysis is McNemar's exact test, {sides} {direction}, at alpha = {alpha}: given the number of "
    "discordant pairs, the split between the two kinds is compared with a binomial distribution of "
    "probability 1/2; with two tails the P value is twice the smaller one. The power is exact, summed over "
    "the random number of discordant pairs."
)
_TEST = (
    "Conditional on how many couples of results disagree, the sign of the disagreement is put to a binomial "
    "test of one half, {sides} {direction}, P being doubled from the lesser tail whenever both count; "
    "results with P up to {alpha} reject. No normal approximation enters: average the rejection chance over "
    "the binomial count of couples that disagree."
)

TEMPLATES = (
    *both(
        "a",
        "train",
        "In study {code} all participants, {people}, are examined by {first_method} and by {second_method}, "
        "giving one pair of results (positive or negative for {finding}) each. The probability of being "
        "positive by {first_method} only is {first_only}, by {second_method} only {second_only}. " + _TRAIN,
        size="What is the smallest number of pairs for which the power is at least {power}?",
        power="What is the power with {n} pairs?",
        effect="cells",
    ),
    *both(
        "b",
        "train",
        "Study {code} looks for {finding} in {people} by both {first_method} and {second_method}. A "
        "proportion {discordant} of all participants is expected to have discordant results, and among these "
        "'positive by {first_method} only' is {odds_ratio} times as frequent as 'positive by {second_method} "
        "only'. " + _TRAIN,
        size="How many participants (pairs of results) are needed at least for a power of {power}?",
        power="There are {n} participants, hence {n} pairs of results; with what probability does the test "
        "reject?",
        effect="odds",
    ),
    *both(
        "c",
        "train",
        "Planning request {code}\n"
        "- Design: {people}, each examined for {finding} by {first_method} and by {second_method}\n"
        "- Proportion positive by {first_method}: {first}; by {second_method}: {second}; by both: {twice}\n"
        "- " + _TRAIN + "\n",
        size="- Power wanted: at least {power}\nGive the minimum number of pairs of results.",
        power="- Size: {n} pairs of results\nGive the power.",
        effect="margins",
    ),
    *both(
        "d",
        "test",
        "Auditors of {code} apply {first_method} and {second_method} to every one of the {people} and note "
        "whether {finding} was found. They reckon that {first_method} alone finds it in a fraction "
        "{first_only} and {second_method} alone in a fraction {second_only}. " + _TEST,
        size="Find the least n, counted in individuals so examined, at which the chance to reject is no less "
        "than {power}.",
        power="How likely is rejection once {n} individuals have been so examined?",
        effect="cells",
    ),
    *both(
        "e",
        "test",
        "Registry entry {code} pairs the verdicts of {first_method} and {second_method} on {finding} in "
        "{people}. The share with a positive verdict is {first} under {first_method} and {second} under "
        "{second_method}, while {twice} have a positive verdict under each. " + _TEST,
        size="Work out the lowest whole number of individuals with which power comes to {power} or more.",
        power="Compute the power that n = {n} individuals give.",
        effect="margins",
    ),
)
