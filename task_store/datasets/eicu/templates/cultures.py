"""Questions on cultures and what grew in them."""

from task_store.datasets.eicu.asking import (
    MINE,
    MY_STAYS,
    Asking,
    P,
    about,
)

_culture = Asking("train", "microbiology")
_culture_test = Asking("test", "microbiology")

_C = 'c = table("microlab")\n'

TEMPLATES = (
    _culture(
        "cultures_of_patient",
        (
            "Which organisms were found at which culture sites of patient {pid}? Each pair once; include "
            "results without growth as they are recorded.",
            "List the distinct pairs of culture site and organism of patient {pid} (entries such as 'no "
            "growth' count).",
            "Patient {pid}: all different combinations of culture site and organism on record?",
        ),
        about("microlab", pid="uniquepid"),
        sql=f"SELECT DISTINCT culturesite, organism FROM microlab WHERE {MINE}",
        reference=MY_STAYS
        + _C
        + 'answer = c.merge(stays, on="patientunitstayid")[["culturesite", "organism"]].drop_duplicates()',
        columns=("culture site", "organism"),
    ),
    _culture(
        "first_culture",
        (
            "When was a '{site}' culture first taken from patient {pid}?",
            "Give the time of the earliest culture of site '{site}' of patient {pid}.",
            "Patient {pid}: at what time was the first culture from '{site}' taken?",
        ),
        about("microlab", pid="uniquepid", site="culturesite"),
        sql=f"SELECT MIN(culturetakentime) FROM microlab WHERE culturesite = :site AND {MINE}",
        reference=MY_STAYS
        + _C
        + """
c = c[c.patientunitstayid.isin(stays.patientunitstayid) & (c.culturesite == site)]
answer = pd.to_datetime(c.culturetakentime).min()
""",
        columns=("time",),
    ),
    _culture(
        "patients_with_organism",
        (
            "In how many different patients was '{organism}' found in a '{site}' culture taken {when}?",
            "Count the patients with '{organism}' in a culture from '{site}' taken {when}.",
            "What is the number of distinct patients whose '{site}' cultures, taken {when}, show "
            "'{organism}'?",
        ),
        about("microlab", around="culturetakentime", site="culturesite", organism="organism"),
        sql="""
            SELECT COUNT(DISTINCT uniquepid) FROM microlab JOIN patient USING (patientunitstayid)
            WHERE culturesite = :site AND organism = :organism
              AND culturetakentime >= :start AND culturetakentime < :end""",
        reference=P
        + _C
        + """
c = c[(c.culturesite == site) & (c.organism == organism) & (c.culturetakentime >= start)
    & (c.culturetakentime < end)]
answer = p[p.patientunitstayid.isin(c.patientunitstayid)].uniquepid.nunique()
""",
        columns=("number of patients",),
    ),
    _culture(
        "early_organism",
        (
            "How many unit stays had '{organism}' in a culture taken at most {hours} hours after unit "
            "admission, with unit admission {when}?",
            "Among unit stays that began {when}, how many show '{organism}' in a culture taken within "
            "{hours} hours (included) of unit admission?",
            "Count the unit stays, begun {when}, with a culture positive for '{organism}' no later than "
            "{hours} hours after unit admission.",
        ),
        about(
            "microlab",
            around="unitadmittime",
            organism="organism",
            hours=lambda rng, row: rng.choice((12, 24, 36, 48, 72)),
        ),
        sql="""
            SELECT COUNT(DISTINCT patientunitstayid) FROM microlab JOIN patient USING (patientunitstayid)
            WHERE organism = :organism AND unitadmittime >= :start AND unitadmittime < :end
              AND culturetakentime <= datetime(unitadmittime, '+' || :hours || ' hours')""",
        reference=P
        + _C
        + """
both = c[c.organism == organism].merge(p[(p.unitadmittime >= start) & (p.unitadmittime < end)])
since = pd.to_datetime(both.culturetakentime) - pd.to_datetime(both.unitadmittime)
answer = both[since <= pd.Timedelta(hours=hours)].patientunitstayid.nunique()
""",
        columns=("number of unit stays",),
    ),
    _culture_test(
        "cultures_by_site",
        (
            "Tally the cultures of patient {pid} by site: site, number of cultures, time of the newest.",
            "For each site cultured in patient {pid}: how many cultures, and when was the newest taken?",
        ),
        about("microlab", pid="uniquepid"),
        sql=f"SELECT culturesite, COUNT(*), MAX(culturetakentime) FROM microlab WHERE {MINE} GROUP BY culturesite",
        reference=MY_STAYS
        + _C
        + """
c = c[c.patientunitstayid.isin(stays.patientunitstayid)]
answer = [[site, len(group), group.culturetakentime.max()] for site, group in c.groupby("culturesite")]
""",
        columns=("culture site", "number of cultures", "newest"),
    ),
    _culture_test(
        "share_with_growth",
        (
            "What percentage (0 to 100, unrounded) of '{site}' cultures taken {when} list anything but "
            "'no growth'?",
            "Of the '{site}' cultures taken {when}, which percentage, unrounded, is not 'no growth'?",
        ),
        about("microlab", around="culturetakentime", site="culturesite"),
        sql="""
            SELECT 100.0 * SUM(CASE WHEN organism <> 'no growth' THEN 1 ELSE 0 END) / COUNT(*) FROM microlab
            WHERE culturesite = :site AND culturetakentime >= :start AND culturetakentime < :end""",
        reference=_C
        + """
c = c[(c.culturesite == site) & (c.culturetakentime >= start) & (c.culturetakentime < end)]
answer = (c.organism != "no growth").mean() * 100 if len(c) else None
""",
        columns=("percentage",),
    ),
)
