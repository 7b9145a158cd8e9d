"""Phrasings of Cox regression with one binary covariate; each states Schoenfeld's formula in full."""

from task_store.datasets.npowerai.model import Template

TEMPLATES = (
    Template(
        "a",
        "train",
        "size",
        "Trial {code} compares {treatment} with {comparator} in {people} by Cox regression on the treatment "
        "indicator; the endpoint is {event}. A hazard ratio of {hazard_ratio} is to be detected by a "
        "{sides} test at alpha = {alpha}, and a proportion p = {share} of participants receives "
        "{treatment}. Take Schoenfeld's formula: power = Φ(√(D p (1 - p)) |ln HR| - z), with D the number "
        "of events and z the standard normal quantile at {quantile}. What is the smallest number of events "
        "for which this power is at least {power}?",
        effect="hr",
        layout="events",
    ),
    Template(
        "b",
        "train",
        "size",
        "For trial {code} ({people}; {event}), a fraction {share} of all participants is allocated to "
        "{treatment}, the rest to {comparator}. By the end of follow-up a fraction {event_rate} of all "
        "participants is expected to have had the event. The hazard ratio is {hazard_ratio}; the Cox "
        "model's treatment effect is tested {sides} with a type I error rate of {alpha}. By Schoenfeld "
        "(1983) the power with D events is Φ(|ln HR| √(D p q) - z), p and q being the fractions in the two "
        "groups and z the normal quantile at {quantile}; put D equal to the fraction with an event times "
        "the number of participants, without rounding. How many participants in total are needed at least "
        "for a power of {power}?",
        effect="hr",
        layout="total",
    ),
    Template(
        "c",
        "train",
        "size",
        "Sample-size request {code}\n"
        "- Design: {treatment} against {comparator}, {people}; time to {event}; Cox regression\n"
        "- Hazard ratio: {hazard_ratio}\n"
        "- Proportion of participants on {treatment}: {share}; proportion of all participants with an "
        "event: {event_rate}\n"
        "- Test: {sides}, significance level {alpha}\n"
        "- Method: Schoenfeld's formula, power = Φ(√(N · event proportion · p · (1 - p)) · |ln HR| - z at "
        "{quantile}), nothing rounded but the result\n"
        "- Power wanted: at least {power}\n"
        "Give the minimum total N.",
        effect="hr",
        layout="total",
    ),
    Template(
        "d",
        "test",
        "size",
        "Investigators of {code} hope that {treatment} in place of {comparator} multiplies the hazard of "
        "{event} by {hazard_ratio} in {people}; the share of patients given {treatment} is {share}. They "
        "shall fit a proportional-hazards model and test its coefficient, {sides}, at a threshold of "
        "{alpha}. Following Schoenfeld (Biometrics 1983), let power equal the normal distribution function "
        "at |log hazard ratio| · sqrt(d · share · (1 - share)) minus the normal quantile of {quantile}, "
        "where d counts patients seen to suffer the outcome. Find the least d that yields {power} or more.",
        effect="hr",
        layout="events",
    ),
    Template(
        "e",
        "test",
        "size",
        "Registry entry {code} foresees a proportional-hazards comparison of {treatment} (share {share} of "
        "the patients) and {comparator} in {people}. Over the study {event_rate} of all patients should "
        "suffer the outcome, {event}, and the hazard under {treatment} is {hazard_ratio} times that under "
        "{comparator}. Testing is {sides} with a false-positive probability of {alpha}. Schoenfeld's "
        "approximation holds: power is the normal distribution function at sqrt(N · outcome share · share · "
        "(1 - share)) · |log hazard ratio| minus the normal quantile of {quantile}, leaving N times the "
        "outcome share unrounded. Work out the lowest whole N, every patient counted, with power {power} or "
        "more.",
        effect="hr",
        layout="total",
    ),
    Template(
        "a",
        "train",
        "power",
        "Trial {code} of {treatment} against {comparator} in {people} has observed {n} events ({event}). "
        "The treatment indicator is tested {sides} in a Cox model at alpha = {alpha}; a proportion p = "
        "{share} of participants receives {treatment}, and the true hazard ratio is {hazard_ratio}. What is "
        "the power by Schoenfeld's formula, Φ(√(D p (1 - p)) |ln HR| - z), with D the number of events and "
        "z the standard normal quantile at {quantile}?",
        effect="hr",
        layout="events",
    ),
    Template(
        "b",
        "train",
        "power",
        "For trial {code} ({people}; {event}) there are {n} participants in total, a fraction {share} of "
        "them on {treatment} and the rest on {comparator}; a fraction {event_rate} of all participants is "
        "expected to have had the event by the end. If the hazard ratio is {hazard_ratio} and the Cox "
        "model's treatment effect is tested {sides} with a type I error rate of {alpha}, what power follows "
        "from Schoenfeld (1983), Φ(|ln HR| √(D p q) - z), p and q being the fractions in the two groups, z "
        "the normal quantile at {quantile}, and D the fraction with an event times the number of "
        "participants, without rounding?",
        effect="hr",
        layout="total",
    ),
    Template(
        "c",
        "train",
        "power",
        "Power request {code}\n"
        "- {n} participants in total: {people}, {treatment} against {comparator}; time to {event}; Cox "
        "regression\n"
        "- True hazard ratio: {hazard_ratio}\n"
        "- Proportion of participants on {treatment}: {share}; proportion of all participants with an "
        "event: {event_rate}\n"
        "- Analysis: {sides}, significance level {alpha}\n"
        "Give the power by Schoenfeld's formula, Φ(√(N · event proportion · p · (1 - p)) · |ln HR| - z at "
        "{quantile}), nothing rounded on the way.",
        effect="hr",
        layout="total",
    ),
    Template(
        "d",
        "test",
        "power",
        "Investigators of {code} have seen {n} patients suffer the outcome, {event}, among {people}; the "
        "share of patients given {treatment} rather than {comparator} is {share}. Suppose {treatment} "
        "really multiplies the hazard by {hazard_ratio}. How likely is the coefficient of a "
        "proportional-hazards model, tested {sides} at a threshold of {alpha}, to be significant when, "
        "following Schoenfeld (Biometrics 1983), power is the normal distribution function at |log hazard "
        "ratio| · sqrt(d · share · (1 - share)) minus the normal quantile of {quantile}, d counting the "
        "outcomes?",
        effect="hr",
        layout="events",
    ),
    Template(
        "e",
        "test",
        "power",
        "Registry entry {code} lists N = {n} patients, {people}; the share given {treatment} is {share}, "
        "the others have {comparator}. Over the study {event_rate} of all patients suffer the outcome, "
        "{event}, and the hazard under {treatment} is {hazard_ratio} times that under {comparator}. Compute "
        "the power of the {sides} proportional-hazards test whose false-positive probability is {alpha} by "
        "Schoenfeld's approximation: the normal distribution function at sqrt(N · outcome share · share · "
        "(1 - share)) · |log hazard ratio| minus the normal quantile of {quantile}, with N times the "
        "outcome share left unrounded.",
        effect="hr",
        layout="total",
    ),
)
