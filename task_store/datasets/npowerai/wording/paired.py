"""Phrasings of the paired t test; n is always the number of pairs."""

from task_store.datasets.npowerai.model import Template

TEMPLATES = (
    Template(
        "a",
        "train",
        "size",
        "In study {code}, {outcome} is measured in {people} before and after {treatment}, giving one pair "
        "of values per participant. The mean within-person change is expected to be {difference} {unit}, "
        "and the standard deviation of the changes is {sd} {unit}. What is the smallest number of pairs for "
        "which a {sides} paired t test {direction} at alpha = {alpha} has an exact power of at least "
        "{power}?",
        effect="raw",
    ),
    Template(
        "b",
        "train",
        "size",
        "Crossover trial {code} gives each of its participants, {people}, both {treatment} and "
        "{comparator}, with no carry-over. For {outcome} the mean of the paired differences divided by "
        "their standard deviation is d_z = {d}. How many participants (pairs of measurements) are needed at "
        "least so that a {sides} paired t test {direction} with a type I error rate of {alpha} reaches an "
        "exact power of {power}?",
        effect="standardised",
    ),
    Template(
        "c",
        "train",
        "size",
        "Sample-size request {code}\n"
        "- Design: {people}, {outcome} at baseline and after {treatment}; paired t test\n"
        "- Mean change to be detected: {difference} {unit}\n"
        "- Standard deviation at baseline: {sd_first} {unit}; after treatment: {sd_second} {unit}\n"
        "- Correlation between the two measurements: {correlation}\n"
        "- Test: {sides} {direction}, significance level {alpha}\n"
        "- Power wanted: at least {power}, by the exact (noncentral t) calculation\n"
        "Give the minimum number of pairs.",
        effect="correlated",
    ),
    Template(
        "d",
        "test",
        "size",
        "Each of the {people} in audit {code} serves as their own control: {outcome} is recorded twice, "
        "without and with {treatment}. Intra-individual differences should average {difference} {unit} with "
        "an SD of {sd} {unit}. Find the least n, counted in individuals so recorded, at which a {sides} t "
        "test for dependent samples {direction} rejects with a probability of no less than {power}, given a "
        "significance threshold of {alpha}.",
        effect="raw",
    ),
    Template(
        "e",
        "test",
        "size",
        "Assume that {treatment} shifts {outcome} by {d} standard deviations of the individual difference "
        "scores among {people} (registry entry {code}). Matched observations will go into Student's t for "
        "dependent means, {sides} {direction}, and a false-positive probability of {alpha} is tolerated. "
        "Work out the lowest whole number of matched couples of observations with which power, from the "
        "noncentral t distribution, comes to {power} or more.",
        effect="standardised",
    ),
    Template(
        "a",
        "train",
        "power",
        "Study {code} has complete before-and-after values of {outcome} from {n} participants ({n} pairs), "
        "{people} treated with {treatment}. Taking the true mean within-person change to be {difference} "
        "{unit} and the standard deviation of the changes to be {sd} {unit}, what is the exact power of a "
        "{sides} paired t test {direction} at alpha = {alpha}?",
        effect="raw",
    ),
    Template(
        "b",
        "train",
        "power",
        "Crossover trial {code} can afford {n} participants ({people}), each measured once on {treatment} "
        "and once on {comparator}, so that there are {n} pairs. If for {outcome} the mean of the paired "
        "differences divided by their standard deviation is d_z = {d}, with what probability does a {sides} "
        "paired t test {direction} with a type I error rate of {alpha} reject?",
        effect="standardised",
    ),
    Template(
        "c",
        "train",
        "power",
        "Power request {code}\n"
        "- {n} pairs: {outcome} of {people} at baseline and after {treatment}\n"
        "- True mean change: {difference} {unit}\n"
        "- Standard deviation at baseline {sd_first} {unit}, after treatment {sd_second} {unit}, "
        "correlation between the two {correlation}\n"
        "- Analysis: paired t test, {sides} {direction}, significance level {alpha}\n"
        "Give the power by the exact (noncentral t) calculation.",
        effect="correlated",
    ),
    Template(
        "d",
        "test",
        "power",
        "Audit {code} recorded the {outcome} of {n} individuals twice, without and with {treatment}; they "
        "are {people}, each their own control. Should intra-individual differences truly average "
        "{difference} {unit} (SD of the differences: {sd} {unit}), how likely is a {sides} t test for "
        "dependent samples {direction} to be significant at the {alpha} threshold?",
        effect="raw",
    ),
    Template(
        "e",
        "test",
        "power",
        "Registry entry {code} promises n = {n} matched couples of observations on {people}, without and "
        "with {treatment}. It is thought that {outcome} shifts by {d} standard deviations of the individual "
        "difference scores. Compute, from the noncentral t distribution, the power of Student's t for "
        "dependent means, {sides} {direction}, when the false-positive probability is held at {alpha}.",
        effect="standardised",
    ),
)
