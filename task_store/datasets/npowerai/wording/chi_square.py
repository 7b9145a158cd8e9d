"""Phrasings of Pearson's chi-square tests; n is always the total number of people."""

from task_store.datasets.npowerai.model import Template

TEMPLATES = (
    Template(
        "a",
        "train",
        "size",
        "Survey {code} will classify {people} by {outcome}. Earlier cohorts showed {null}; the "
        "investigators now expect {true}. Departure from the earlier distribution is tested by Pearson's "
        "chi-square goodness-of-fit test at alpha = {alpha}. What is the smallest total number of "
        "participants for which the power of this test, from the noncentral chi-square distribution, is at "
        "least {power}?",
        effect="shares",
    ),
    Template(
        "b",
        "train",
        "size",
        "Study {code} sorts {people} into {categories} categories of {outcome} and tests fixed reference "
        "proportions by a chi-square goodness-of-fit test. The effect size is Cohen's w = {w}. With a type "
        "I error rate of {alpha}, how many participants are needed in all at least so that the power "
        "(noncentral chi-square) is not below {power}?",
        effect="fit",
    ),
    Template(
        "c",
        "train",
        "size",
        "Sample-size request {code}\n"
        "- Data: {people}, cross-classified by {factor} ({rows} levels) and {outcome} ({columns} levels)\n"
        "- Analysis: Pearson's chi-square test of independence, no continuity correction, significance "
        "level {alpha}\n"
        "- Effect: Cohen's w = {w}\n"
        "- Power wanted: at least {power}, by the noncentral chi-square calculation\n"
        "Give the minimum total number of participants in the table.",
        effect="table",
    ),
    Template(
        "d",
        "test",
        "size",
        "Registrars of {code} suspect that {outcome} among {people}, long quoted as {null}, has moved to "
        "{true}. They intend to compare counts with the quoted figures by the one-way chi-squared statistic "
        "at a threshold of {alpha}. Find the least N, all patients counted together, at which noncentral "
        "chi-squared theory promises a chance of no less than {power} to detect the move.",
        effect="shares",
    ),
    Template(
        "e",
        "test",
        "size",
        "A contingency table with {rows} rows ({factor}) and {columns} columns ({outcome}) is to be filled "
        "with {people} (registry entry {code}). Association amounts to an effect size w of {w} in Cohen's "
        "sense. For the uncorrected chi-squared test of association with a false-alarm probability of "
        "{alpha}, work out the lowest grand total of patients with which power, from the noncentral "
        "chi-squared distribution, comes to {power} or more.",
        effect="table",
    ),
    Template(
        "a",
        "train",
        "power",
        "Survey {code} has classified {n} participants, {people}, by {outcome}. Earlier cohorts showed "
        "{null}; suppose the truth is now {true}. What is the power, from the noncentral chi-square "
        "distribution, of Pearson's chi-square goodness-of-fit test of the earlier distribution at alpha = "
        "{alpha}?",
        effect="shares",
    ),
    Template(
        "b",
        "train",
        "power",
        "Study {code} has room for {n} participants in all ({people}), to be sorted into {categories} "
        "categories of {outcome} and tested against fixed reference proportions by a chi-square "
        "goodness-of-fit test. If the effect size is Cohen's w = {w}, with what probability (noncentral "
        "chi-square) does the test reject at a type I error rate of {alpha}?",
        effect="fit",
    ),
    Template(
        "c",
        "train",
        "power",
        "Power request {code}\n"
        "- {n} participants in total: {people}, cross-classified by {factor} ({rows} levels) and {outcome} "
        "({columns} levels)\n"
        "- Analysis: Pearson's chi-square test of independence, no continuity correction, significance "
        "level {alpha}\n"
        "- Effect: Cohen's w = {w}\n"
        "Give the power by the noncentral chi-square calculation.",
        effect="table",
    ),
    Template(
        "d",
        "test",
        "power",
        "Registrars of {code} hold records of {n} patients, {people}. The quoted figures for {outcome} are "
        "{null}, whereas the real ones have become {true}. How likely, by noncentral chi-squared theory, is "
        "the one-way chi-squared statistic against the quoted figures to pass a threshold of {alpha}?",
        effect="shares",
    ),
    Template(
        "e",
        "test",
        "power",
        "Registry entry {code} holds a contingency table with {rows} rows ({factor}) and {columns} columns "
        "({outcome}), filled with {n} patients altogether; they are {people}. Association amounts to an "
        "effect size w of {w} in Cohen's sense. Compute, from the noncentral chi-squared distribution, the "
        "power of the uncorrected chi-squared test of association when its false-alarm probability is "
        "{alpha}.",
        effect="table",
    ),
)
