"""Phrasings of the two-sample t test; each says which n it means."""

from task_store.datasets.npowerai.model import Template

TEMPLATES = (
    Template(
        "a",
        "train",
        "size",
        "Trial {code} randomises {people} to {treatment} or {comparator}, in groups of equal size. Mean "
        "{outcome} is expected to differ by {difference} {unit} between the groups; the common standard "
        "deviation is {sd} {unit}. What is the smallest number of participants per group for which a "
        "{sides} equal-variance t test of the two groups {direction} at alpha = {alpha} has an exact power "
        "of at least {power}?",
        effect="raw",
        layout="equal",
    ),
    Template(
        "b",
        "train",
        "size",
        "For trial {code}, {ratio} times as many {people} are to receive {treatment} as {comparator} "
        "(rounded up to a whole participant if need be). The standardised difference in mean {outcome}, the "
        "difference over the common standard deviation, is d = {d}. With a {sides} pooled-variance t test "
        "{direction} and a type I error rate of {alpha}, how many participants does the smaller group, the "
        "one on {comparator}, need at least so that the exact power is not below {power}?",
        effect="standardised",
        layout="ratio",
    ),
    Template(
        "c",
        "train",
        "size",
        "Sample-size request {code}\n"
        "- Design: two independent groups of equal size ({treatment} against {comparator}), {people}\n"
        "- Endpoint: {outcome}; expected mean {first} {unit} on {comparator} and {second} {unit} on "
        "{treatment}\n"
        "- Standard deviation in either group: {sd} {unit}\n"
        "- Test: two-sample t test, equal variances, {sides} {direction}, significance level {alpha}\n"
        "- Power wanted: at least {power}, by the exact (noncentral t) calculation\n"
        "Give the minimum total number of participants, both groups together.",
        effect="means",
        layout="total",
    ),
    Template(
        "d",
        "train",
        "size",
        "The sponsors of {code} allocate {people} in the ratio {ratio}:1 to {treatment} and {comparator}. "
        "They plan a {sides} equal-variance t test {direction} of {outcome} at the {alpha} level, for a "
        "mean difference of {difference} {unit} when the within-group standard deviation is {sd} {unit}. "
        "Keeping exactly to that ratio, what is the smallest overall number of participants (the sum of the "
        "two groups) with an exact power of {power} or more?",
        effect="raw",
        layout="ratio_total",
    ),
    Template(
        "e",
        "test",
        "size",
        "A hospital compares {treatment} and {comparator} in {people}, allocated 1:1 (file {code}). A gap "
        "of {difference} {unit} in average {outcome} would change practice, and individual values scatter "
        "with an SD of {sd} {unit} in both arms. Find the least n per arm that gives Student's pooled t "
        "test, {sides} {direction}, a chance of no less than {power} to reject when the gap is real, with a "
        "significance threshold of {alpha}.",
        effect="raw",
        layout="equal",
    ),
    Template(
        "f",
        "test",
        "size",
        "Registry entry {code} plans unequal arms: the {treatment} arm holds {ratio} patients for each one "
        "in the {comparator} arm, any fraction being rounded upwards. Cohen's d for {outcome} among "
        "{people} is taken as {d}. Student's t for independent means with a pooled variance is used, "
        "{sides} {direction}, and a false-positive probability of {alpha} is tolerated. Work out, from the "
        "noncentral t distribution, the lowest whole number of patients in the {comparator} arm with which "
        "power comes to {power} or more.",
        effect="standardised",
        layout="ratio",
    ),
    Template(
        "g",
        "test",
        "size",
        "Dossier {code} asks how many of the {people} must be recruited altogether when half go to "
        "{treatment} and half to {comparator}. Cohen's d for {outcome} is {d}, the spread being alike in "
        "the halves. The comparison is by Student's t for independent means, pooled variance, {sides} "
        "{direction}, at a threshold of {alpha}. State the lowest grand total over the two halves, which "
        "must be alike in number, that lifts noncentral-t power to {power} or more.",
        effect="standardised",
        layout="total",
    ),
    Template(
        "a",
        "train",
        "power",
        "Trial {code} has randomised {people} to {treatment} or {comparator}, {n} participants per group. "
        "With a true difference of {difference} {unit} in mean {outcome} and a common standard deviation of "
        "{sd} {unit}, what is the exact power of a {sides} equal-variance t test of the two groups "
        "{direction} at alpha = {alpha}?",
        effect="raw",
        layout="equal",
    ),
    Template(
        "b",
        "train",
        "power",
        "For trial {code} there will be {n} participants in the smaller group, on {comparator}, and {ratio} "
        "times as many (rounded up to a whole participant if need be) in the group on {treatment}; all are "
        "{people}. The standardised difference in mean {outcome}, the difference over the common standard "
        "deviation, is d = {d}. With what probability does a {sides} pooled-variance t test {direction} "
        "with a type I error rate of {alpha} reject?",
        effect="standardised",
        layout="ratio",
    ),
    Template(
        "c",
        "train",
        "power",
        "Power request {code}\n"
        "- {n_total} participants in total, split into two independent groups of equal size; {people}\n"
        "- Endpoint: {outcome}; true mean {first} {unit} on {comparator} and {second} {unit} on "
        "{treatment}\n"
        "- Standard deviation in either group: {sd} {unit}\n"
        "- Analysis: two-sample t test, equal variances, {sides} {direction}, significance level {alpha}\n"
        "Give the power by the exact (noncentral t) calculation.",
        effect="means",
        layout="total",
    ),
    Template(
        "d",
        "train",
        "power",
        "The sponsors of {code} end up with {n_large} evaluable participants on {treatment} and {n} on "
        "{comparator}; they are {people}. If mean {outcome} truly differs by {difference} {unit} and the "
        "within-group standard deviation is {sd} {unit}, what power has a {sides} equal-variance t test "
        "{direction} at the {alpha} level, calculated exactly?",
        effect="raw",
        layout="counts",
    ),
    Template(
        "e",
        "test",
        "power",
        "At a hospital, arms of {n} patients each compare {treatment} with {comparator} in {people} (file "
        "{code}). If the gap in average {outcome} is really {difference} {unit}, individual values having "
        "an SD of {sd} {unit} in both arms, how likely is Student's pooled t test, {sides} {direction}, to "
        "be significant at the {alpha} threshold?",
        effect="raw",
        layout="equal",
    ),
    Template(
        "f",
        "test",
        "power",
        "Registry entry {code} lists {n} patients in the {comparator} arm and {n_large} in the {treatment} "
        "arm, all of them {people}. Cohen's d for {outcome} is taken as {d}. Compute, from the noncentral t "
        "distribution, the power of Student's t for independent means with a pooled variance, {sides} "
        "{direction}, when the false-positive probability is held at {alpha}.",
        effect="standardised",
        layout="counts",
    ),
    Template(
        "g",
        "test",
        "power",
        "Dossier {code} records {n_total} recruits ({people}), half of them given {treatment} and half "
        "{comparator}. Average {outcome} is {first} {unit} in the latter half and {second} {unit} in the "
        "former, in truth, and the SD is {sd} {unit} in each. State how often Student's t for independent "
        "means, pooled variance, {sides} {direction}, would detect this at a threshold of {alpha}.",
        effect="means",
        layout="total",
    ),
)
