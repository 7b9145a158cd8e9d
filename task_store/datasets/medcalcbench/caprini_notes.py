"""The notes and questions of the Caprini score. Synthetic, not for clinical use."""

from task_store.datasets.medcalcbench.calculator import OMISSION_RULES, FindingText, Phrasing

PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} is <seen on the ward|admitted to the ward> for assessment of the risk of
        thrombosis. {surgery} {mobility} {He} weighs {weight_lb} lb today at a height of {height_cm} cm; the
        weight noted two years ago was {old_weight_lb} lb. {swollen_legs} {varicose_veins} {previous_dvt}
        {family_history_of_thrombosis} {malignancy} {stroke_last_month} {inflammatory_bowel_disease}
        {central_venous_access} Blood pressure {bp} mmHg, haemoglobin {hb} g/dL, platelets {platelets}
        x10^9/L. Heparin has not been started.
        """,
        question=f"""
        What is the patient's Caprini score (2005 version)? Use today's weight for the body mass index, which
        counts if above 25 kg/m^2; sex itself scores nothing. {OMISSION_RULES["a"]} Answer with a whole
        number.
        """,
        findings={
            "minor_surgery": FindingText(
                present=("{He} will have a minor operation of 20 minutes tomorrow.",),
                absent=("No operation is planned.",),
                decoy=("An operation was discussed and rejected, so none is planned.",),
            ),
            "major_surgery": FindingText(
                present=("{He} will have major open abdominal surgery lasting two hours tomorrow.",),
                absent=(),
            ),
            "leg_arthroplasty": FindingText(
                present=("{He} will have an elective total hip replacement tomorrow.",), absent=()
            ),
            "bed_rest": FindingText(
                present=("As a medical patient {he} has been on bed rest since yesterday.",),
                absent=("{He} walks about the ward.",),
                decoy=("{He} was on bed rest with influenza last year, but walks about the ward now.",),
            ),
            "confined_over_72_hours": FindingText(
                present=("{He} has been confined to bed for five days.",), absent=()
            ),
            "swollen_legs": FindingText(
                present=("Both legs are swollen at present.",),
                absent=("The legs are slim.",),
                decoy=("{His} legs were swollen on a flight last summer; they are slim today.",),
            ),
            "varicose_veins": FindingText(
                present=("Varicose veins are visible.",),
                absent=("There are no varicose veins.",),
                decoy=("{His} mother has varicose veins, the patient none.",),
            ),
            "previous_dvt": FindingText(
                present=("{He} had a deep vein thrombosis {years_ago} years ago.",),
                absent=("{He} has never had a deep vein thrombosis.",),
                decoy=("A deep vein thrombosis was suspected once and excluded by ultrasound.",),
            ),
            "family_history_of_thrombosis": FindingText(
                present=("{His} sister had a venous thrombosis at 30.",),
                absent=("Nobody in the family has had a thrombosis.",),
                decoy=("{His} flatmate had a thrombosis; nobody in the family has.",),
            ),
            "malignancy": FindingText(
                present=("{He} had a malignant melanoma removed in the past.",),
                absent=("{He} has never had a malignant disease.",),
                decoy=("A polyp removed last year was benign.",),
            ),
            "stroke_last_month": FindingText(
                present=("{He} had a stroke two weeks ago.",),
                absent=("{He} has had no stroke.",),
                decoy=("{He} had a stroke {years_ago} years ago, none since.",),
            ),
            "inflammatory_bowel_disease": FindingText(
                present=("{He} has Crohn's disease.",),
                absent=("{He} has no inflammatory bowel disease.",),
                decoy=("Ulcerative colitis was ruled out by colonoscopy.",),
            ),
            "central_venous_access": FindingText(
                present=("A central venous catheter is in place.",),
                absent=("{He} has no catheter other than a cannula in the forearm.",),
                decoy=("A central venous catheter is planned for Monday, not yet placed.",),
            ),
        },
        inferences=6,
        superseded=2,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        THROMBOSIS CHECKLIST, {surname}, {age}, {male}, bed {bed}

        Reason for stay: {surgery} Mobility: {mobility}

        Size: {height_inches} inches, {weight_kg} kg (form of the practice, outdated: {old_weight_kg} kg).

        History: appendix removed as a child. {malignancy} {stroke_last_month} {previous_dvt}
        {inflammatory_bowel_disease} {family_history_of_thrombosis}

        Today: {central_venous_access} {varicose_veins} {swollen_legs} BP {bp}, pulse {pulse}, SpO2 {spo2} %.

        Stockings <ordered|measured>, not yet worn.
        """,
        question=f"""
        Add up the points of the 2005 Caprini model for this checklist. Body mass index from the current size
        in kg/m^2 (a point above 25), no point for sex. {OMISSION_RULES["b"]} Give an integer.
        """,
        findings={
            "minor_surgery": FindingText(
                present=("minor surgery (skin lesion, 15 minutes).",),
                absent=("observation, no surgery.",),
                decoy=("observation, surgery cancelled for good.",),
                may_omit=False,
            ),
            "major_surgery": FindingText(present=("major open surgery (colon, 150 minutes).",), absent=()),
            "leg_arthroplasty": FindingText(present=("elective total knee arthroplasty.",), absent=()),
            "bed_rest": FindingText(
                present=("medical bed rest since this morning.",),
                absent=("normal, up and about.",),
                decoy=("normal (bed rest last winter only).",),
                may_omit=False,
            ),
            "confined_over_72_hours": FindingText(present=("confined to bed, day 6.",), absent=()),
            "malignancy": FindingText(
                present=("Lymphoma, in remission.",),
                absent=("No cancer, past or present.",),
                decoy=("Cancer scare last year, biopsy benign.",),
            ),
            "stroke_last_month": FindingText(
                present=("Ischaemic stroke 10 days ago.",),
                absent=("No stroke.",),
                decoy=("Stroke: {years_ago} years ago, nothing recent.",),
            ),
            "previous_dvt": FindingText(
                present=("DVT of the left leg in the past, proven.",),
                absent=("No DVT.",),
                decoy=("Query DVT after a cramp: duplex scan normal.",),
            ),
            "inflammatory_bowel_disease": FindingText(
                present=("Ulcerative colitis, quiet.",),
                absent=("Bowel healthy.",),
                decoy=("Bowel irritable, not inflamed (colonoscopy).",),
            ),
            "family_history_of_thrombosis": FindingText(
                present=("Father: venous thrombosis.",),
                absent=("Family: no thrombosis.",),
                decoy=("Family: no thrombosis (only the stepfather, not related).",),
            ),
            "central_venous_access": FindingText(
                present=("Central venous line, right neck.",),
                absent=("Peripheral line only.",),
                decoy=("Central line removed last year; peripheral line only.",),
            ),
            "varicose_veins": FindingText(
                present=("Varicose veins on both calves.",),
                absent=("Calf veins normal.",),
                decoy=("Spouse has varicose veins; patient's calf veins normal.",),
            ),
            "swollen_legs": FindingText(
                present=("Legs swollen.",),
                absent=("Legs not swollen.",),
                decoy=("Legs not swollen (they were in the heat two years ago).",),
            ),
        },
        inferences=6,
        superseded=2,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        The haematology service was consulted about prophylaxis in {Mr} {surname}, {an_age}-year-old {man} of
        {height_m} m and {weight_lb} lb, whose passport to the clinic still says {old_weight_lb} lb from years
        ago. {inflammatory_bowel_disease} {previous_dvt} {surgery} {stroke_last_month} {swollen_legs}
        {mobility} {central_venous_access} {malignancy} {family_history_of_thrombosis} {varicose_veins} The
        kidneys work well; sodium {sodium} mmol/L, ALT {alt} U/L. Tests for thrombophilia were
        <suggested|considered> but never drawn.
        """,
        question=f"""
        Which Caprini score (2005) does the consultation arrive at, with the present weight in the body mass
        index (above 25 kg/m^2 one point) and without a point for sex? {OMISSION_RULES["c"]} The answer is a
        whole number of points.
        """,
        findings={
            "inflammatory_bowel_disease": FindingText(
                present=("Inflammatory bowel disease is known.",),
                absent=("Inflammatory bowel disease is not known.",),
                decoy=("Inflammatory bowel disease is known in a brother only.",),
            ),
            "previous_dvt": FindingText(
                present=("Years ago a deep vein thrombosis of the calf was documented.",),
                absent=("Deep veins were never thrombosed.",),
                decoy=(
                    "A calf once thought to be thrombosed was merely torn; deep veins were never thrombosed.",
                ),
            ),
            "minor_surgery": FindingText(
                present=("A minor operation under local anaesthesia is on the list for the afternoon.",),
                absent=("Surgery is not intended.",),
                decoy=("Surgery, once intended, was called off.",),
            ),
            "major_surgery": FindingText(
                present=("A major operation of three hours is on the list for the afternoon.",), absent=()
            ),
            "leg_arthroplasty": FindingText(
                present=("An elective knee replacement is on the list for the afternoon.",), absent=()
            ),
            "stroke_last_month": FindingText(
                present=("Nine days before, a stroke occurred.",),
                absent=("A stroke never occurred.",),
                decoy=("The stroke in the referral lies {years_ago} years back.",),
            ),
            "swollen_legs": FindingText(
                present=("We saw swollen legs.",),
                absent=("We saw legs without swelling.",),
                decoy=("We saw legs without swelling, though the neighbour's were thick.",),
            ),
            "bed_rest": FindingText(
                present=("Since last night bed rest has been ordered for medical reasons.",),
                absent=("{He} is up all day.",),
                decoy=("{He} is up all day, bed rest having been lifted a season ago.",),
            ),
            "confined_over_72_hours": FindingText(
                present=("For a full week {he} has been confined to bed.",), absent=()
            ),
            "central_venous_access": FindingText(
                present=("Drugs run through a central venous catheter.",),
                absent=("Drugs are swallowed, there is no line.",),
                decoy=("Drugs are swallowed; a central catheter was offered and declined.",),
            ),
            "malignancy": FindingText(
                present=("A malignancy of the skin was removed earlier in life.",),
                absent=("Malignancy is unknown in {him}.",),
                decoy=("Malignancy is unknown in {him}; the cousin's leukaemia is another matter.",),
            ),
            "family_history_of_thrombosis": FindingText(
                present=("Thrombosis struck both {his} mother and an aunt.",),
                absent=("Thrombosis does not run in the family.",),
                decoy=("Thrombosis struck a colleague but does not run in the family.",),
            ),
            "varicose_veins": FindingText(
                present=("Varicose veins mark the left leg.",),
                absent=("Varicose veins are wanting.",),
                decoy=("Varicose veins were feared for cosmetic reasons and are wanting.",),
            ),
        },
        inferences=6,
        superseded=2,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Prophylaxis round, entry for {Mr} {surname} ({age}, {male}). {family_history_of_thrombosis} {surgery}
        {malignancy} {varicose_veins} Scale this morning {weight_stone} st {weight_rest_lb} lb, height
        {height_cm} cm; an old card has {old_weight_kg} kg. {central_venous_access} {mobility} {previous_dvt}
        {stroke_last_month} {swollen_legs} {inflammatory_bowel_disease} Haemoglobin {hb}, potassium
        {potassium}. <Compression pump|Injection> to be decided after scoring.
        """,
        question=f"""
        Work out Caprini points after the 2005 list: weight of this morning (1 stone is 14 pounds), BMI in
        kg/m^2 scored if it exceeds 25, sex left out. {OMISSION_RULES["d"]} Reply with one integer.
        """,
        findings={
            "family_history_of_thrombosis": FindingText(
                present=("Thrombosis in a brother and a niece.",),
                absent=("Relatives free of thrombosis.",),
                decoy=("Relatives free of thrombosis, a friend had one.",),
            ),
            "minor_surgery": FindingText(
                present=("Here for a small procedure (minor surgery, half an hour).",),
                absent=("Here for tests, no procedure.",),
                decoy=("Here for tests; the procedure on the first form was a mix-up.",),
            ),
            "major_surgery": FindingText(
                present=("Here for major open surgery of the stomach, planned time 140 minutes.",), absent=()
            ),
            "leg_arthroplasty": FindingText(present=("Here for elective hip arthroplasty.",), absent=()),
            "malignancy": FindingText(
                present=("Thyroid cancer cured long ago.",),
                absent=("Oncological history blank.",),
                decoy=("Oncological history blank (a benign cyst was removed).",),
            ),
            "varicose_veins": FindingText(
                present=("Tortuous varicose veins.",),
                absent=("No varices of the legs.",),
                decoy=("No varices of the legs, spider veins of the face only.",),
            ),
            "central_venous_access": FindingText(
                present=("Port (central venous access) under the collar bone.",),
                absent=("Cannula in the hand only.",),
                decoy=("Port proposed, cannula in the hand only.",),
            ),
            "bed_rest": FindingText(
                present=("Bed rest for a medical cause since noon yesterday.",),
                absent=("Goes for walks.",),
                decoy=("Goes for walks; bed rest ended in spring.",),
            ),
            "confined_over_72_hours": FindingText(present=("Confined to bed since 8 days.",), absent=()),
            "previous_dvt": FindingText(
                present=("Earlier deep vein thrombosis, treated for six months.",),
                absent=("Never a deep vein thrombosis.",),
                decoy=("Deep vein thrombosis queried at another clinic, scan clear.",),
            ),
            "stroke_last_month": FindingText(
                present=("Stroke eleven days back, arm still weak.",),
                absent=("Brain vessels without event.",),
                decoy=("Stroke in youth, {years_ago} years back or more, no recent event.",),
            ),
            "swollen_legs": FindingText(
                present=("Pitting swelling of both legs.",),
                absent=("Ankles bony, no swelling.",),
                decoy=("Ankles bony, no swelling; the swelling of last August has gone.",),
            ),
            "inflammatory_bowel_disease": FindingText(
                present=("Crohn's disease in remission.",),
                absent=("Intestines normal.",),
                decoy=("Intestines normal, Crohn's disease disproved.",),
            ),
        },
        inferences=6,
        superseded=2,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Admission screening. The person screened is {male} and {age} years of age. {stroke_last_month}
        {mobility} {previous_dvt} {surgery} Measurements: {height_ft} ft {height_rest_in} in, {weight_kg} kg
        ({old_weight_kg} kg at the last screening). {swollen_legs} {central_venous_access}
        {inflammatory_bowel_disease} {varicose_veins} {malignancy} {family_history_of_thrombosis} Glucose
        {glucose}, leukocytes {wbc}. A leaflet on clots was <handed over|read together>; questions are to
        follow.
        """,
        question=f"""
        State the Caprini score of 2005 for this admission as one integer. A body mass index over 25 kg/m^2,
        from the newest weight, is a factor; being a woman or a man is none. {OMISSION_RULES["e"]}
        """,
        findings={
            "stroke_last_month": FindingText(
                present=("Apoplexy (stroke) sixteen days ago.",),
                absent=("Apoplexy: never.",),
                decoy=("Apoplexy: a decade ago, not lately.",),
            ),
            "bed_rest": FindingText(
                present=("In bed by medical order since last evening.",),
                absent=("Out of bed as usual.",),
                decoy=("Out of bed as usual; in bed for a week two summers ago.",),
            ),
            "confined_over_72_hours": FindingText(
                present=("Confined to bed for 100 hours so far.",), absent=()
            ),
            "previous_dvt": FindingText(
                present=("Deep vein thrombosis: one, documented, {years_ago} years ago.",),
                absent=("Deep vein thrombosis: none.",),
                decoy=("Deep vein thrombosis: none, superficial bruise only.",),
            ),
            "minor_surgery": FindingText(
                present=("Planned: minor surgery on a finger.",),
                absent=("Planned: no surgery.",),
                decoy=("Planned: no surgery (an offer was turned down).",),
            ),
            "major_surgery": FindingText(
                present=("Planned: major open surgery on the bowel, at least 90 minutes.",), absent=()
            ),
            "leg_arthroplasty": FindingText(
                present=("Planned: elective replacement of the hip joint.",), absent=()
            ),
            "swollen_legs": FindingText(
                present=("Legs thick with oedema.",),
                absent=("Legs without oedema.",),
                decoy=("Legs without oedema, eyelids puffy from crying.",),
            ),
            "central_venous_access": FindingText(
                present=("Central venous catheter: in use.",),
                absent=("Central venous catheter: none.",),
                decoy=("Central venous catheter: none since {years_ago} years.",),
            ),
            "inflammatory_bowel_disease": FindingText(
                present=("Bowel: colitis of the ulcerative type.",),
                absent=("Bowel: never inflamed.",),
                decoy=("Bowel: never inflamed, the twin has Crohn's disease.",),
            ),
            "varicose_veins": FindingText(
                present=("Veins of the legs: varicose.",),
                absent=("Veins of the legs: straight.",),
                decoy=("Veins of the legs: straight; varicose in the grandmother.",),
            ),
            "malignancy": FindingText(
                present=("Malignant disease: bowel cancer, operated on years ago.",),
                absent=("Malignant disease: none.",),
                decoy=("Malignant disease: none, screening negative.",),
            ),
            "family_history_of_thrombosis": FindingText(
                present=("Family: a sibling with venous thrombosis.",),
                absent=("Family: clots unknown.",),
                decoy=("Family: clots unknown (adoptive mother excepted, no blood relation).",),
            ),
        },
        inferences=6,
        superseded=2,
    ),
)
