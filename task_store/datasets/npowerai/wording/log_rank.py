"""Phrasings of the log-rank test; each states Freedman's formula, and how events follow, in full."""

from task_store.datasets.npowerai.wording.both import both

_TRAIN = (
    "Take Freedman's formula for equal groups: power = Φ(√D (1 - HR) / (1 + HR) - z), with D the total "
    "number of events and z the standard normal quantile at {quantile}."
)
_TEST = (
    "Freedman's approximation (Statistics in Medicine 1982) for arms alike in number holds: power is the "
    "normal distribution function at sqrt(d)·(1-h)/(1+h) minus the normal quantile of {quantile}, h being "
    "the hazard ratio and d all outcomes of the two arms together."
)

TEMPLATES = (
    *both(
        "a",
        "train",
        "Trial {code} randomises {people} 1:1 to {treatment} or {comparator} and compares the time to "
        "{event} by a {sides} log-rank test at alpha = {alpha}; the hazard ratio is HR = {hazard_ratio}. "
        + _TRAIN,
        size="What is the smallest number of events for which this power is at least {power}?",
        power="What is the power once {n} events have been observed?",
        effect="hr",
        layout="events",
    ),
    *both(
        "b",
        "train",
        "For trial {code} ({people}; {treatment} against {comparator} in groups of equal size; time to "
        "{event}), a proportion S = {survival} of the {comparator} group is expected to be free of the event "
        "at the end of follow-up, which is the same length for all; under proportional hazards the "
        "proportion on {treatment} is S to the power HR = {hazard_ratio}. The log-rank test is {sides} with "
        "a type I error rate of {alpha}. " + _TRAIN + " Put D equal to the expected number of events, "
        "participants per group times the sum of the two groups' event proportions, without rounding.",
        size="How many participants per group are needed at least for a power of {power}?",
        power="What power follows from {n} participants per group?",
        effect="hr",
        layout="survival",
    ),
    *both(
        "c",
        "train",
        "Planning request {code}\n"
        "- Design: {treatment} against {comparator}, groups of equal size, {people}; time to {event}\n"
        "- Accrual: uniform over {accrual} months; all are followed until {follow_up} months after accrual "
        "ends; nobody is lost\n"
        "- Times to the event: exponential, median {median} months on {comparator}; hazard ratio "
        "{hazard_ratio}\n"
        "- Test: {sides} log-rank test, significance level {alpha}\n"
        "- " + _TRAIN + " D is the expected number of events, not rounded\n",
        size="- Power wanted: at least {power}\nGive the minimum number of participants per group.",
        power="- Size: {n} participants per group\nGive the power.",
        effect="hr",
        layout="accrual",
    ),
    *both(
        "d",
        "test",
        "Investigators of {code} give half of the {people} {treatment} and the other half {comparator}, and "
        "hope to multiply the hazard of {event} by {hazard_ratio}. By the close of a follow-up common to "
        "all, a share s = {survival} of the {comparator} arm should still be spared; the share of the "
        "{treatment} arm is s raised to that hazard ratio. The arms are contrasted by a {sides} log-rank "
        "statistic at a threshold of {alpha}. " + _TEST + " Let d be what is expected, fractions kept: n "
        "per arm times the shares not spared, added over the arms.",
        size="Find the least n per arm that yields {power} or more.",
        power="How likely is significance with n = {n} per arm?",
        effect="hr",
        layout="survival",
    ),
    *both(
        "e",
        "test",
        "Registry entry {code} enrols {people} at a constant pace for {accrual} months, as many on "
        "{treatment} as on {comparator}, and closes {follow_up} months after the last entry, without "
        "drop-outs. Waiting times until {event} are exponential: half of the {comparator} arm has had it by "
        "{median} months, and the hazard under {treatment} is {hazard_ratio} times that. Testing is "
        "{sides}, by the log-rank statistic, with a false-positive probability of {alpha}. "
        + _TEST
        + " Use the expectation for d and "
        "keep its fraction.",
        size="Work out the lowest whole number of patients per arm with power {power} or more.",
        power="Compute the power for {n} patients per arm.",
        effect="hr",
        layout="accrual",
    ),
)
