"""What the world's pharmacy hands out: drug, formulary code, routes and doses.

Drugs, routes and usual single doses are common knowledge, written down from memory and not
clinically reviewed; the formulary codes are made from them by rule.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Drug:
    """One line of the formulary."""

    name: str
    code: str
    drug_type: str
    routes: tuple[str, ...]
    doses: tuple[str, ...]


_LINES = """
MAIN|Acetaminophen|PO NG PR|325mg 650mg 1000mg
MAIN|Acetaminophen IV|IV|1000mg
MAIN|Aspirin|PO|81mg 325mg
MAIN|Aspirin EC|PO|325mg
MAIN|Clopidogrel|PO|75mg 300mg
MAIN|Metoprolol Tartrate|PO NG|12.5mg 25mg 50mg
MAIN|Metoprolol|IV|5mg
MAIN|Atorvastatin|PO|10mg 40mg 80mg
MAIN|Simvastatin|PO|20mg 40mg
MAIN|Lisinopril|PO|2.5mg 5mg 10mg 20mg
MAIN|Captopril|PO|6.25mg 12.5mg
MAIN|Amlodipine|PO|5mg 10mg
MAIN|Diltiazem|PO IV|30mg 60mg
MAIN|Amiodarone|PO IV|200mg 400mg
MAIN|Digoxin|PO IV|0.125mg 0.25mg
MAIN|Furosemide|IV PO|20mg 40mg 80mg
MAIN|Spironolactone|PO|25mg 50mg 100mg
MAIN|Nitroglycerin SL|SL|0.3mg 0.4mg
MAIN|Nitroglycerin|IV DRIP|50mg
MAIN|Heparin Sodium|IV DRIP|25,000UNIT
MAIN|Heparin|SC|5000UNIT
MAIN|Enoxaparin Sodium|SC|40mg 60mg 80mg
MAIN|Warfarin|PO|1mg 2mg 2.5mg 5mg
MAIN|Potassium Chloride|PO IV|20mEq 40mEq
MAIN|Magnesium Sulfate|IV|2gm 4gm
MAIN|Calcium Gluconate|IV|2gm
MAIN|Insulin|SC|0UNIT 5UNIT 10UNIT
MAIN|Insulin Glargine|SC|10UNIT 20UNIT 30UNIT
MAIN|Metformin|PO|500mg 1000mg
MAIN|Glucagon|IM|1mg
MAIN|Dextrose 50%|IV|12.5gm 25gm
BASE|0.9% Sodium Chloride|IV|250mL 500mL 1000mL
BASE|D5W|IV IV DRIP|100mL 250mL
BASE|Lactated Ringers|IV|500mL 1000mL
BASE|D5 1/2NS|IV|1000mL
BASE|Iso-Osmotic Dextrose|IV|50mL 200mL
BASE|Sterile Water|IV|500mL
MAIN|Vancomycin|IV|500mg 750mg 1000mg
MAIN|Ciprofloxacin|IV PO|250mg 400mg 500mg
MAIN|Levofloxacin|IV PO|500mg 750mg
MAIN|Ceftriaxone|IV|1gm 2gm
MAIN|Cefazolin|IV|1gm 2gm
MAIN|Cefepime|IV|1gm 2gm
MAIN|Piperacillin-Tazobactam Na|IV|2.25gm 4.5gm
MAIN|Meropenem|IV|500mg 1000mg
MAIN|Metronidazole|IV PO|500mg
MAIN|Azithromycin|PO IV|250mg 500mg
MAIN|Ampicillin Sodium|IV|100mg 250mg 500mg
MAIN|Gentamicin|IV|10mg 80mg
MAIN|Fluconazole|PO IV|200mg 400mg
MAIN|Acyclovir|PO IV|400mg 800mg
MAIN|Pantoprazole|PO|40mg
MAIN|Pantoprazole Sodium|IV|40mg 80mg
MAIN|Ranitidine|PO|150mg
MAIN|Famotidine|PO IV|20mg
MAIN|Omeprazole|PO|20mg 40mg
MAIN|Octreotide Acetate|IV DRIP|500mcg
MAIN|Lactulose|PO NG|15mL 30mL
MAIN|Rifaximin|PO|550mg
MAIN|Docusate Sodium|PO|100mg
MAIN|Senna|PO|1TAB 2TAB
MAIN|Bisacodyl|PR PO|10mg
MAIN|Milk of Magnesia|PO|30mL
MAIN|Ondansetron|IV|4mg 8mg
MAIN|Metoclopramide|PO IV|5mg 10mg
MAIN|Morphine Sulfate|IV|1mg 2mg 4mg
MAIN|Hydromorphone|IV|0.5mg 1mg 2mg
MAIN|Oxycodone|PO|5mg 10mg
MAIN|Oxycodone-Acetaminophen|PO|1TAB 2TAB
MAIN|Fentanyl Citrate|IV IV DRIP|25mcg 50mcg 100mcg
MAIN|Tramadol|PO|50mg
MAIN|Propofol|IV DRIP|10mg
MAIN|Midazolam|IV|1mg 2mg
MAIN|Lorazepam|IV PO|0.5mg 1mg 2mg
MAIN|Diazepam|PO IV|5mg 10mg
MAIN|Haloperidol|IV IM|1mg 2mg 5mg
MAIN|Quetiapine|PO|25mg 50mg
MAIN|Sertraline|PO|25mg 50mg 100mg
MAIN|Phenytoin|PO IV|100mg 300mg
MAIN|Levetiracetam|PO IV|500mg 1000mg
MAIN|Nimodipine|PO|60mg
MAIN|Dexamethasone|PO IV|2mg 4mg 10mg
MAIN|Prednisone|PO|10mg 20mg 40mg 60mg
MAIN|Methylprednisolone Na Succ|IV|60mg 125mg
MAIN|Albuterol 0.083% Neb Soln|IH|1NEB
MAIN|Ipratropium Bromide Neb|IH|1NEB
MAIN|Tiotropium Bromide|IH|1CAP
MAIN|Fluticasone Propionate|IH|2PUFF
MAIN|Norepinephrine|IV DRIP|8mg
MAIN|Phenylephrine|IV DRIP|60mg
MAIN|Vasopressin|IV DRIP|100UNIT
MAIN|Dopamine|IV DRIP|400mg
MAIN|Hydralazine|PO IV|10mg 25mg 50mg
MAIN|Labetalol|PO IV|10mg 100mg 200mg
MAIN|Levothyroxine Sodium|PO|25mcg 50mcg 100mcg
MAIN|Allopurinol|PO|100mg 300mg
MAIN|Thiamine|PO IV|100mg
MAIN|Folic Acid|PO|1mg
MAIN|Multivitamins|PO|1TAB
MAIN|Calcium Acetate|PO|667mg 1334mg
MAIN|Sevelamer|PO|800mg 1600mg
MAIN|Epoetin Alfa|SC|4000UNIT 10000UNIT
MAIN|Acetylcysteine 20%|PO IV|600mg 1200mg
MAIN|Alteplase|IV|2mg 50mg
MAIN|Vitamin K|PO SC|1mg 5mg 10mg
MAIN|Phytonadione|IM|0.5mg 1mg
MAIN|Hepatitis B Vaccine|IM|0.5mL
MAIN|Erythromycin 0.5% Ophth Oint|OU|0.5in
MAIN|Caffeine Citrate|IV|10mg 20mg
MAIN|Influenza Virus Vaccine|IM|0.5mL
MAIN|Pneumococcal Vac Polyvalent|IM|0.5mL
MAIN|Nicotine Patch|TD|14mg 21mg
MAIN|Artificial Tears|OU|1DROP 2DROP
ADDITIVE|Multivitamin IV|IV|10mL
ADDITIVE|Potassium Phosphate|IV|15mmol 30mmol
ADDITIVE|Sodium Bicarbonate|IV|50mEq 150mEq
"""


def _read(line: str) -> Drug:
    drug_type, name, routes, doses = line.split("|")
    ways = tuple(route.replace("_", " ") for route in routes.replace("IV DRIP", "IV_DRIP").split())
    amounts = tuple(doses.split())
    return Drug(name, _code(name, ways[0], amounts[0]), drug_type, ways, amounts)


def _code(name: str, route: str, dose: str) -> str:
    """The first letters of the name, the digits of the smallest dose, the first letter of the route."""
    letters = "".join(c for c in name.upper() if c.isalpha())[:5]
    digits = "".join(c for c in dose if c.isdigit())
    return f"{letters}{digits}{route[0]}"


DRUGS: dict[str, Drug] = {drug.name: drug for drug in map(_read, _LINES.strip().splitlines())}
