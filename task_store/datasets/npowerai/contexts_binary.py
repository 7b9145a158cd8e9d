"""Clinical settings with a yes or no: two treatments, or two methods on the same people.

As in `contexts`: from memory, plausible, nothing taken from a study; train and test share none.
"""

from task_store.datasets.npowerai.model import Context, Pool


def _yes_or_no(code: str, people: str, treatment: str, comparator: str, success: str) -> Context:
    words = {"people": people, "treatment": treatment, "comparator": comparator, "success": success}
    return Context(code=code, words=words)


BINARY: dict[Pool, tuple[Context, ...]] = {
    "train": (
        _yes_or_no("HPY", "adults with Helicobacter pylori", "quadruple therapy", "triple therapy", "cure"),
        _yes_or_no(
            "SMO", "smokers who wish to stop", "varenicline", "nicotine patches", "abstinence at six months"
        ),
        _yes_or_no("IVF", "women starting IVF", "frozen transfer", "fresh transfer", "clinical pregnancy"),
        _yes_or_no(
            "PON", "adults after day surgery", "dexamethasone", "metoclopramide", "freedom from vomiting"
        ),
        _yes_or_no("UCO", "adults with ulcerative colitis", "vedolizumab", "adalimumab", "remission"),
        _yes_or_no("SCA", "children with scabies", "ivermectin", "permethrin", "clearance of lesions"),
        _yes_or_no(
            "HCV", "people in opioid care", "on-site testing", "referral", "uptake of a hepatitis test"
        ),
    ),
    "test": (
        _yes_or_no(
            "UTI", "women with cystitis", "fosfomycin", "nitrofurantoin", "resolution of symptoms by day 14"
        ),
        _yes_or_no("EPI", "adults with focal seizures", "brivaracetam", "lamotrigine", "seizure freedom"),
        _yes_or_no(
            "WAR", "adolescents with plantar warts", "cryotherapy", "salicylic acid", "wart clearance"
        ),
        _yes_or_no("REC", "adults with anal fissure", "botulinum toxin", "diltiazem ointment", "healing"),
        _yes_or_no("FLU", "care-home staff", "a personal invitation", "a poster", "influenza vaccination"),
    ),
}


def _two_methods(code: str, people: str, first: str, second: str, finding: str) -> Context:
    words = {"people": people, "first_method": first, "second_method": second, "finding": finding}
    return Context(code=code, words=words)


MATCHED: dict[Pool, tuple[Context, ...]] = {
    "train": (
        _two_methods("MAL", "children with fever in the tropics", "PCR", "microscopy", "malaria"),
        _two_methods("BRE", "women recalled from screening", "MRI", "mammography", "a breast lesion"),
        _two_methods("TBC", "adults with chronic cough", "sputum culture", "a smear", "tuberculosis"),
        _two_methods(
            "OSA", "adults who snore", "polysomnography", "home oximetry", "obstructive sleep apnoea"
        ),
        _two_methods("COL", "adults with a positive stool test", "colonoscopy", "CT colonography", "a polyp"),
        _two_methods(
            "RET",
            "adults with long-standing diabetes",
            "a graded photograph",
            "ophthalmoscopy",
            "retinopathy",
        ),
    ),
    "test": (
        _two_methods(
            "THR",
            "adults with sore throat",
            "a throat culture",
            "a rapid antigen kit",
            "a streptococcal infection",
        ),
        _two_methods(
            "ARR",
            "adults with unexplained palpitations",
            "a patch monitor",
            "a Holter recorder",
            "an arrhythmia",
        ),
        _two_methods(
            "CAR", "schoolchildren at a dental visit", "bitewing films", "visual inspection", "caries"
        ),
        _two_methods("NOD", "adults with a thyroid lump", "elastography", "palpation", "a suspicious nodule"),
        _two_methods(
            "FRX", "adults with back pain after a fall", "CT", "plain films", "a vertebral fracture"
        ),
    ),
}
