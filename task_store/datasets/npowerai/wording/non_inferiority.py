"""Phrasings of the non-inferiority comparison of two means; each says what the margin and n mean."""

from task_store.datasets.npowerai.wording.both import both

_TRAIN = (
    "Non-inferiority is concluded when a {sides} equal-variance t test at alpha = {alpha} rejects the "
    "hypothesis that {treatment} is worse by the margin or more."
)
_TEST = (
    "The claim 'not unacceptably worse' is made if the pooled-variance confidence bound, {sides}, at a level "
    "of {level} %, stays within the limit, i.e. Student's t against that limit rejects with a false-positive "
    "probability of {alpha}."
)

TEMPLATES = (
    *both(
        "a",
        "train",
        "Trial {code} randomises {people} to {treatment} or {comparator}, in groups of equal size, to show "
        "that {treatment} is not inferior in mean {outcome}. The margin is {margin} {unit}, the common "
        "standard deviation {sd} {unit}, and in truth the two means are the same. " + _TRAIN,
        size="What is the smallest number of participants per group for which the exact power is at least "
        "{power}?",
        power="What is the exact power with {n} participants per group?",
        effect="alike",
        layout="group",
    ),
    *both(
        "b",
        "train",
        "Non-inferiority trial {code} gives {ratio} times as many {people} {treatment} as {comparator}. For "
        "mean {outcome} a margin of {margin} common standard deviations has been agreed; the true means are "
        "taken to be equal. " + _TRAIN,
        size="How many participants does the smaller group, the one on {comparator}, need at least so that "
        "the exact power is not below {power}?",
        power="When the group on {comparator} has {n} participants, with what probability is non-inferiority "
        "concluded?",
        effect="standardised",
        layout="ratio",
    ),
    *both(
        "c",
        "train",
        "Planning request {code}\n"
        "- Design: non-inferiority of {treatment} to {comparator}, two groups of equal size, {people}\n"
        "- Endpoint: mean {outcome}; margin {margin} {unit}\n"
        "- Truth assumed: {treatment} is worse by {disadvantage} {unit}; standard deviation {sd} {unit} in "
        "either group\n"
        "- " + _TRAIN + "\n",
        size="- Power wanted: at least {power}, by the exact (noncentral t) calculation\n"
        "Give the minimum total number of participants, both groups together.",
        power="- Size: {n_total} participants in total, both groups together\n"
        "Give the power by the exact (noncentral t) calculation.",
        effect="worse",
        layout="total",
    ),
    *both(
        "d",
        "test",
        "A hospital would accept {treatment} in place of {comparator} for {people} so long as average "
        "{outcome} loses less than {margin} {unit} (file {code}). The real loss is believed to be "
        "{disadvantage} {unit}, and individual values scatter with an SD of {sd} {unit} in both arms, which "
        "are alike in number. " + _TEST,
        size="Find, from the noncentral t distribution, the least n per arm that makes the claim with a "
        "chance of no less than {power}.",
        power="How likely is the claim with arms of {n} patients each, from the noncentral t distribution?",
        effect="worse",
        layout="group",
    ),
    *both(
        "e",
        "test",
        "Dossier {code} sets out that {treatment} does no worse than {comparator} for the {outcome} of "
        "{people}, a limit of {margin} {unit} to the loss being tolerable. There is really no gap at all, "
        "the SD is {sd} {unit} in each half, and the halves are alike in number. " + _TEST,
        size="State the lowest grand total over the two halves that lifts noncentral-t power to {power} or "
        "more.",
        power="State the noncentral-t power that a grand total of {n_total} recruits gives.",
        effect="alike",
        layout="total",
    ),
)
