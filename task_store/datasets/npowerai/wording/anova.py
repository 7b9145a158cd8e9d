"""Phrasings of the one-way analysis of variance; groups are of equal size throughout."""

from task_store.datasets.npowerai.model import Template

TEMPLATES = (
    Template(
        "a",
        "train",
        "size",
        "Trial {code} randomises {people} to {groups} regimens of {treatment}, in groups of equal size, and "
        "compares mean {outcome} by one-way analysis of variance (F test) at alpha = {alpha}. The expected "
        "group means are {means} {unit}, with a common standard deviation of {sd} {unit}. What is the "
        "smallest number of participants per group for which the exact power of the F test is at least "
        "{power}?",
        effect="means",
        layout="group",
    ),
    Template(
        "b",
        "train",
        "size",
        "For trial {code}, {people} are divided evenly among {groups} regimens of {treatment}. The "
        "standardised effect on {outcome}, Cohen's f (the population standard deviation of the group means "
        "over the common within-group standard deviation), is f = {f}. With a one-way ANOVA and a type I "
        "error rate of {alpha}, how many participants are needed in each group at least so that the exact "
        "power is not below {power}?",
        effect="f",
        layout="group",
    ),
    Template(
        "c",
        "train",
        "size",
        "Sample-size request {code}\n"
        "- Design: {groups} parallel groups of equal size ({people}, {groups} regimens of {treatment})\n"
        "- Endpoint: {outcome}, one-way ANOVA, significance level {alpha}\n"
        "- Effect: Cohen's f = {f}\n"
        "- Power wanted: at least {power}, by the exact (noncentral F) calculation\n"
        "Give the minimum total number of participants, all groups together and the groups equal.",
        effect="f",
        layout="total",
    ),
    Template(
        "d",
        "test",
        "size",
        "A hospital tries {groups} schedules of {treatment} on {people}, equally many to each schedule "
        "(file {code}). Averages of {outcome} are foreseen at {means} {unit}, and individual values scatter "
        "with an SD of {sd} {unit} on every schedule. Find the least n per schedule with which the omnibus "
        "F statistic of a single-factor variance analysis has a chance of no less than {power} to pass its "
        "{alpha} threshold.",
        effect="means",
        layout="group",
    ),
    Template(
        "e",
        "test",
        "size",
        "Registry entry {code} foresees {groups} arms of the same size, filled with {people} on differing "
        "schedules of {treatment}. Arm averages of {outcome} differ by Cohen's f of {f}. The omnibus test "
        "of a single-factor variance analysis may raise a false alarm with probability {alpha}. Work out, "
        "from the noncentral F distribution, the lowest grand total of patients over the arms with which "
        "power comes to {power} or more.",
        effect="f",
        layout="total",
    ),
    Template(
        "a",
        "train",
        "power",
        "Trial {code} has randomised {people} to {groups} regimens of {treatment}, {n} participants per "
        "group. The true group means of {outcome} are {means} {unit}, and the common standard deviation is "
        "{sd} {unit}. What is the exact power of a one-way analysis of variance (F test) at alpha = {alpha}?",
        effect="means",
        layout="group",
    ),
    Template(
        "b",
        "train",
        "power",
        "For trial {code} there will be {n} participants in each of {groups} groups: {people}, on {groups} "
        "regimens of {treatment}. The standardised effect on {outcome}, Cohen's f (the population standard "
        "deviation of the group means over the common within-group standard deviation), is f = {f}. With "
        "what probability does a one-way ANOVA with a type I error rate of {alpha} reject?",
        effect="f",
        layout="group",
    ),
    Template(
        "c",
        "train",
        "power",
        "Power request {code}\n"
        "- {n_total} participants in total, split into {groups} groups of equal size ({people}, {groups} "
        "regimens of {treatment})\n"
        "- Endpoint: {outcome}, one-way ANOVA, significance level {alpha}\n"
        "- Effect: Cohen's f = {f}\n"
        "Give the power by the exact (noncentral F) calculation.",
        effect="f",
        layout="total",
    ),
    Template(
        "d",
        "test",
        "power",
        "At a hospital, {groups} schedules of {treatment} are tried on {people}, {n} patients on each "
        "schedule (file {code}). If averages of {outcome} are really {means} {unit} and individual values "
        "have an SD of {sd} {unit} on every schedule, how likely is the omnibus F statistic of a "
        "single-factor variance analysis to pass its {alpha} threshold?",
        effect="means",
        layout="group",
    ),
    Template(
        "e",
        "test",
        "power",
        "Registry entry {code} lists {n_total} patients over {groups} arms of the same size, all of them "
        "{people} on differing schedules of {treatment}. Arm averages of {outcome} differ by Cohen's f of "
        "{f}. Compute, from the noncentral F distribution, the power of the omnibus test of a single-factor "
        "variance analysis whose false-alarm probability is {alpha}.",
        effect="f",
        layout="total",
    ),
)
