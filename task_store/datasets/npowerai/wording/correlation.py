"""Phrasings of the test of Pearson's correlation; n counts people. Those by Fisher's z state the formula."""

from task_store.datasets.npowerai.wording.both import both

_TRAIN = (
    "The hypothesis of no correlation is tested by the usual t test of r (t = r √(n - 2) / √(1 - r²)), "
    "{sides} {direction}, at alpha = {alpha}. Both variables are random and jointly normal, and the power is "
    "wanted from the exact distribution of r, not from Fisher's z approximation."
)
_TEST = (
    "Absence of association is put to Student's t for a product-moment correlation (n minus two degrees of "
    "freedom), {sides} {direction}, with a threshold of {alpha}. Calculate exactly, under a bivariate normal "
    "model in which neither variable is fixed, without recourse to Fisher's transformation."
)

TEMPLATES = (
    *both(
        "a",
        "train",
        "Study {code} measures {first} and {second} once in each of its participants, {people}. Their true "
        "correlation is taken to be ρ = {rho}. " + _TRAIN,
        size="What is the smallest number of participants for which the power is at least {power}?",
        power="What is the power with {n} participants?",
        effect="exact",
    ),
    *both(
        "b",
        "train",
        "For study {code} ({people}), Pearson's correlation between {first} and {second} is expected to be "
        "{rho}. Its difference from zero is tested {sides} with a type I error rate of {alpha}. Use Fisher's "
        "z: power = Φ(artanh(ρ) √(n - 3) - z), with z the standard normal quantile at {quantile} and nothing "
        "else, no bias correction in particular.",
        size="How many participants are needed at least for a power of {power}?",
        power="What power do {n} participants give?",
        effect="fisher",
    ),
    *both(
        "c",
        "train",
        "Planning request {code}\n"
        "- Data: {first} and {second} of {people}, one value of each per participant\n"
        "- True correlation: {rho}\n"
        "- " + _TRAIN + "\n",
        size="- Power wanted: at least {power}\nGive the minimum number of participants.",
        power="- Size: {n} participants\nGive the power.",
        effect="exact",
    ),
    *both(
        "d",
        "test",
        "Investigators of {code} suspect that {first} goes along with {second} in {people}, the population "
        "coefficient being {rho}. " + _TEST,
        size="Find the least n, counted in individuals, that gives a chance of no less than {power} to "
        "reject.",
        power="How likely is rejection with {n} individuals?",
        effect="exact",
    ),
    *both(
        "e",
        "test",
        "Registry entry {code} relates {first} to {second} among {people}; a population coefficient of {rho} "
        "is assumed, and tested {sides} against none with a false-positive probability of {alpha}. By "
        "Fisher's transformation (no correction for bias) let power equal the normal distribution function "
        "at sqrt(n-3)·artanh(coefficient) minus the normal quantile of {quantile}.",
        size="Work out the lowest whole number of individuals with which power comes to {power} or more.",
        power="Compute the power for n = {n} individuals.",
        effect="fisher",
    ),
)
