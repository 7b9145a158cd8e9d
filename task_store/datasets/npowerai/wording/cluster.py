"""Phrasings of the cluster-randomised comparison of two means; each says what n counts."""

from task_store.datasets.npowerai.wording.both import both

_TRAIN = (
    "The cluster means of the two arms are compared by a {sides} equal-variance t test {direction} at alpha "
    "= {alpha}, on 2 (k - 1) degrees of freedom with k clusters per arm; the variance of a cluster mean is "
    "the total variance times the design effect, 1 + (m - 1) ICC, divided by m."
)
_TEST = (
    "One average per cluster goes into Student's pooled t, {sides} {direction}, whose degrees of freedom are "
    "the number of clusters less two, at a threshold of {alpha}; each average has the individual variance "
    "inflated by one plus ICC times (m minus one) and shared among m."
)

TEMPLATES = (
    *both(
        "a",
        "train",
        "Trial {code} randomises whole {clusters} to {treatment} or {comparator}, equally many to either "
        "arm, and measures {outcome} in m = {size} participants of each ({people}). The true difference "
        "between the arms' means is {difference} {unit}, the total standard deviation of individual values "
        "{sd} {unit}, and the intracluster correlation (ICC) {icc}. " + _TRAIN,
        size="What is the smallest number of clusters per arm for which the exact power is at least {power}?",
        power="What is the exact power with {n} clusters per arm?",
        effect="raw",
        layout="arm",
    ),
    *both(
        "b",
        "train",
        "In cluster-randomised trial {code} ({clusters}; {treatment} against {comparator}; {people}) every "
        "cluster contributes m = {size} participants, and the ICC of {outcome} is {icc}. The standardised "
        "difference, the difference over the total standard deviation of individuals, is d = {d}. " + _TRAIN,
        size="How many clusters are needed in total, both arms together and equally many in each, so that "
        "the exact power is not below {power}?",
        power="With {n_clusters} clusters in total, half of them in each arm, with what probability does the "
        "test reject?",
        effect="standardised",
        layout="clusters",
    ),
    *both(
        "c",
        "train",
        "Planning request {code}\n"
        "- Design: {clusters} randomised to {treatment} or {comparator}, equally many per arm; m = {size} "
        "participants in each, {people}\n"
        "- Endpoint: {outcome}; true mean {first} {unit} on {comparator} and {second} {unit} on {treatment}\n"
        "- Standard deviation of individuals (between and within clusters together): {sd} {unit}; ICC {icc}\n"
        "- " + _TRAIN + "\n",
        size="- Power wanted: at least {power}, by the exact (noncentral t) calculation\n"
        "Give the minimum total number of participants, in both arms and in full clusters only.",
        power="- Size: {n_total} participants in total, both arms together, in full clusters\n"
        "Give the power by the exact (noncentral t) calculation.",
        effect="means",
        layout="people",
    ),
    *both(
        "d",
        "test",
        "File {code} assigns {clusters} by lot, as many to {treatment} as to {comparator}, and samples m = "
        "{size} of the {people} from each. A gap of {difference} {unit} in average {outcome} is foreseen; "
        "individuals, taken all together, have an SD of {sd} {unit} and an ICC of {icc}. " + _TEST,
        size="Find, from the noncentral t distribution, the least n, counted in clusters per arm, with a "
        "chance of no less than {power} to reject.",
        power="How likely is rejection, from the noncentral t distribution, with {n} clusters per arm?",
        effect="raw",
        layout="arm",
    ),
    *both(
        "e",
        "test",
        "Dossier {code} has {clusters} as units of allocation, in two halves alike in number ({treatment}; "
        "{comparator}), each unit supplying m = {size} of the {people}. For {outcome}, Cohen's d over the "
        "spread of all individuals is {d}, and the ICC is {icc}. " + _TEST,
        size="State the lowest grand total of clusters over the two halves that lifts noncentral-t power to "
        "{power} or more.",
        power="State the noncentral-t power that a grand total of {n_clusters} clusters gives.",
        effect="standardised",
        layout="clusters",
    ),
)
