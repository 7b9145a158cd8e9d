"""Phrasings of the one-sample t test."""

from task_store.datasets.npowerai.model import Template

TEMPLATES = (
    Template(
        "a",
        "train",
        "size",
        "Protocol {code} will measure {outcome} in {people}. The historical mean is {first} {unit}; under "
        "{treatment} the team expects a mean of {second} {unit}, and takes the standard deviation to be "
        "{sd} {unit}. The result will be judged by a {sides} one-sample t test {direction} at alpha = "
        "{alpha}. What is the smallest number of participants for which the exact power of this test is at "
        "least {power}?",
        effect="means",
    ),
    Template(
        "b",
        "train",
        "size",
        "In the single-arm study {code}, {people} receive {treatment} and their mean {outcome} is compared "
        "with a fixed reference value. The standardised effect, that is the expected difference from the "
        "reference value divided by the standard deviation, is d = {d}. Using a {sides} one-sample t test "
        "{direction} with a type I error rate of {alpha}, how many participants does the study need at "
        "least so that its power, computed exactly, is not below {power}?",
        effect="standardised",
    ),
    Template(
        "c",
        "train",
        "size",
        "Sample-size request {code}\n"
        "- Design: one group of {people}, all treated with {treatment}; one-sample t test on {outcome}\n"
        "- Difference from the reference value to be detected: {difference} {unit}\n"
        "- Standard deviation of {outcome}: {sd} {unit}\n"
        "- Test: {sides} {direction}, significance level {alpha}\n"
        "- Power wanted: at least {power}, by the exact (noncentral t) calculation\n"
        "Give the minimum number of participants in the group.",
        effect="raw",
    ),
    Template(
        "d",
        "test",
        "size",
        "A clinic wants to know whether {people} given {treatment} differ in {outcome} from a published "
        "norm (file {code}). A departure of {difference} {unit} from the norm would matter, and individual "
        "values scatter with an SD of {sd} {unit}. Find the least n, the count of people to be enrolled, "
        "that gives a {sides} t test of one sample {direction} a chance of no less than {power} to reject "
        "when that departure is real, with a significance threshold of {alpha}.",
        effect="raw",
    ),
    Template(
        "e",
        "test",
        "size",
        "Suppose Cohen's d for the deviation of {outcome} from its benchmark is {d} among {people} who take "
        "{treatment} (registry entry {code}). We shall use Student's t for a single mean, {sides} "
        "{direction}, and tolerate a false-positive probability of {alpha}. Work out, from the noncentral t "
        "distribution, the lowest whole number of subjects with which power reaches {power}.",
        effect="standardised",
    ),
    Template(
        "a",
        "train",
        "power",
        "Protocol {code} has enrolled {n} participants, {people}. Their mean {outcome} under {treatment} is "
        "expected to be {second} {unit}, to be tested against a historical mean of {first} {unit}; the "
        "standard deviation is {sd} {unit}. What is the exact power of a {sides} one-sample t test "
        "{direction} at alpha = {alpha} with these {n} participants?",
        effect="means",
    ),
    Template(
        "b",
        "train",
        "power",
        "The budget of single-arm study {code} allows {n} participants, {people} on {treatment}. Mean "
        "{outcome} will be compared with a fixed reference value by a {sides} one-sample t test "
        "{direction}, type I error rate {alpha}. If the true standardised effect (difference from the "
        "reference value over the standard deviation) is d = {d}, with what probability does the test "
        "reject?",
        effect="standardised",
    ),
    Template(
        "c",
        "train",
        "power",
        "Power request {code}\n"
        "- One group, {n} participants: {people}, treated with {treatment}\n"
        "- Endpoint: {outcome}, standard deviation {sd} {unit}\n"
        "- True difference from the reference value: {difference} {unit}\n"
        "- Analysis: one-sample t test, {sides} {direction}, significance level {alpha}\n"
        "Give the power by the exact (noncentral t) calculation.",
        effect="raw",
    ),
    Template(
        "d",
        "test",
        "power",
        "A total of {n} people could be enrolled in a pilot of {treatment} among {people} (file {code}). If "
        "{outcome} truly departs from the published norm by {difference} {unit}, individual values having "
        "an SD of {sd} {unit}, how likely is a {sides} t test of one sample {direction} to come out "
        "significant at the {alpha} threshold?",
        effect="raw",
    ),
    Template(
        "e",
        "test",
        "power",
        "Registry entry {code} lists n = {n} subjects, {people} who take {treatment}. Cohen's d for the "
        "deviation of {outcome} from its benchmark is assumed to be {d}. Compute, from the noncentral t "
        "distribution, the power of Student's t for a single mean, {sides} {direction}, when the "
        "false-positive probability is held at {alpha}.",
        effect="standardised",
    ),
)
