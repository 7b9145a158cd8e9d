"""From a seed and a number of patients to `eicu.sqlite`, one patient at a time."""

from collections.abc import Iterator
from dataclasses import replace
from math import exp
from operator import itemgetter
from pathlib import Path
from random import Random

from task_store.worlds.eicu import events, stays, vocabulary
from task_store.worlds.eicu.clock import CURRENT_TIME, DAY, NOW, YEAR, stamp
from task_store.worlds.eicu.events import Row, Scene
from task_store.worlds.eicu.stays import Hospitals, HospitalStay, Person
from task_store.worlds.eicu.vocabulary import Allergy
from task_store.worlds.eicu.writer import Writer

FILE = "eicu.sqlite"
_PRICES = {
    # event type -> (median cost, spread of the logarithm between names)
    "diagnosis": (85.0, 0.5),
    "treatment": (240.0, 0.9),
    "lab": (24.0, 0.6),
    "medication": (38.0, 0.9),
}

_SUMMARY = """\
A SQLite database at `world/{file}` (read-only; the path is relative to the kernel's working folder):
synthetic intensive-care stays in the eICU schema, as EHRSQL uses it. All text is lower case. Times are
text, written `YYYY-MM-DD HH:MM:SS`. The current time is {now}; nothing later has happened.

- patient(uniquepid, patienthealthsystemstayid, patientunitstayid, gender, age, ethnicity, hospitalid,
  wardid, admissionheight, admissionweight, dischargeweight, hospitaladmittime, hospitaladmitsource,
  unitadmittime, unitdischargetime, hospitaldischargetime, hospitaldischargestatus): one row a unit stay,
  key patientunitstayid. A patient (uniquepid) has hospital stays (patienthealthsystemstayid), each with
  one or more unit stays. age is text, in whole years; height in cm, weights in kg; a discharge time is
  NULL while the stay is open; hospitaldischargestatus is alive, expired, or NULL while the hospital stay
  is open.
- diagnosis(diagnosisid, patientunitstayid, diagnosisname, diagnosistime, icd9code)
- treatment(treatmentid, patientunitstayid, treatmentname, treatmenttime): procedures and therapies
- lab(labid, patientunitstayid, labname, labresult, labresulttime)
- medication(medicationid, patientunitstayid, drugname, dosage, routeadmin, drugstarttime, drugstoptime)
- intakeoutput(intakeoutputid, patientunitstayid, cellpath, celllabel, cellvaluenumeric,
  intakeoutputtime): volumes in mL; cellpath contains `|intake (ml)|` or `|output (ml)|`
- vitalperiodic(vitalperiodicid, patientunitstayid, temperature, sao2, heartrate, respiration,
  systemicsystolic, systemicdiastolic, systemicmean, observationtime): NULL where not measured
- microlab(microlabid, patientunitstayid, culturesite, organism, culturetakentime)
- allergy(allergyid, patientunitstayid, drugname, allergyname, allergytime)
- cost(costid, uniquepid, patienthealthsystemstayid, eventtype, eventid, chargetime, cost): one charge for
  every row of diagnosis, treatment, lab and medication; eventtype names the table, eventid is that row's
  key"""


class EicuWorld:
    """Synthetic intensive-care stays; every row is drawn, none comes from patients."""

    name = "eicu"
    summary = _SUMMARY.format(file=FILE, now=CURRENT_TIME)

    @property
    def meanings(self) -> dict[str, str]:
        """Table or `table.column` -> what it holds, for `request_info`."""
        return {row["name"]: row["meaning"] for row in vocabulary.rows("meanings")}

    def build(self, folder: Path, *, seed: int, patients: int) -> None:
        hospitals = Hospitals(Random(f"eicu/{seed}/hospitals"), patients)
        with Writer(folder / FILE) as writer:
            chart = _Chart(writer, seed)
            for index, uniquepid in enumerate(_numbers(seed, patients)):
                chart.patient(Random(f"eicu/{seed}/{index}"), uniquepid, hospitals)


def _numbers(seed: int, patients: int) -> Iterator[str]:
    """Unique ids whose order says nothing about the order of building."""
    prime = 999_983
    if patients >= prime:
        raise ValueError(f"At most {prime - 1} patients: their ids have six digits.")
    rng = Random(f"eicu/{seed}/ids")
    step, offset = rng.randrange(1, prime), rng.randrange(prime)
    for index in range(patients):
        number = (index * step + offset) % prime
        yield f"{2 + number % 31:03d}-{number}"


class _Chart:
    """Writes patients, handing out the ids of stays and the prices of things."""

    def __init__(self, writer: Writer, seed: int) -> None:
        self._writer = writer
        self._seed = seed
        self._hospital_stay = 120_000
        self._unit_stay = 140_000
        self._price: dict[tuple[str, str], float] = {}

    def patient(self, rng: Random, uniquepid: str, hospitals: Hospitals) -> None:
        times = stays.admissions(rng)
        who = stays.person(rng, uniquepid, times[0], times[-1])
        allergies = events.draw_allergies(rng)
        for start, after in zip(times, [*times[1:], None], strict=True):
            stay = stays.hospital_stay(rng, who, start, after, hospitals)
            open_now = start >= NOW - (stays.OPEN_DAYS + 1) * DAY and after is None and stay.end <= NOW
            if open_now:  # planned to be in hospital at the current time: lasts on
                stay = replace(stay, end=NOW + DAY)
            self._stay(rng, who, stay, allergies)
            if stay.died and stay.end <= NOW:
                return

    def _stay(self, rng: Random, who: Person, stay: HospitalStay, allergies: tuple[Allergy, ...]) -> None:
        self._hospital_stay += rng.randint(1, 9)
        discharged = stay.end <= NOW
        weight = who.weight * exp(rng.gauss(0, 0.05))
        for unit in stay.units:
            if unit.start > NOW:
                break
            self._unit_stay += rng.randint(1, 9)
            left = unit.end <= NOW
            weight *= exp(rng.gauss(0, 0.02))
            leaving = round(weight * exp(rng.gauss(-0.005, 0.03)), 1)
            self._writer.patient(
                (
                    who.uniquepid,
                    self._hospital_stay,
                    self._unit_stay,
                    who.gender,
                    str(int((stay.start - who.birth) / YEAR)),
                    who.ethnicity,
                    stay.hospital,
                    unit.ward,
                    who.height if rng.random() < 0.96 else None,
                    round(weight, 1) if rng.random() < 0.95 else None,
                    leaving if rng.random() < 0.75 and discharged else None,
                    stamp(stay.start),
                    stay.source,
                    stamp(unit.start),
                    stamp(unit.end) if left else None,
                    stamp(stay.end) if discharged else None,
                    ("expired" if stay.died else "alive") if discharged else None,
                )
            )
            scene = Scene.of(self._unit_stay, unit.start, min(unit.end, NOW), stay.acute + who.chronic)
            self._events(rng, who.uniquepid, scene, allergies)

    def _events(self, rng: Random, uniquepid: str, scene: Scene, allergies: tuple[Allergy, ...]) -> None:
        """Rows in order of time, as a chart fills."""
        write, charge = self._writer.number, self._charge
        charged = (
            ("diagnosis", events.diagnoses(rng, scene, stamp), 2, 1),
            ("treatment", events.treatments(rng, scene, stamp), 2, 1),
            ("lab", events.labs(rng, scene, stamp), 3, 1),
            ("medication", events.medications(rng, scene, stamp), 4, 1),
        )
        for table, rows, time, name in charged:
            stored = write(table, sorted(rows, key=itemgetter(time)))
            charge(uniquepid, table, stored, name=name + 1, time=time + 1)
        write("intakeoutput", sorted(events.flows(rng, scene, stamp), key=itemgetter(4)))
        write("vitalperiodic", events.vitals(rng, scene, stamp))
        write("microlab", sorted(events.cultures(rng, scene, stamp), key=itemgetter(3)))
        write("allergy", events.allergies(rng, scene, stamp, allergies))

    def _charge(self, uniquepid: str, table: str, stored: list[Row], *, name: int, time: int) -> None:
        stay = self._hospital_stay
        self._writer.number(
            "cost",
            [
                (uniquepid, stay, table, row[0], row[time], self._cost(table, str(row[name])))
                for row in stored
            ],
        )

    def _cost(self, table: str, name: str) -> float:
        """One price a name and world, as in EHRSQL."""
        price = self._price.get((table, name))
        if price is None:
            median, spread = _PRICES[table]
            rng = Random(f"eicu/{self._seed}/price/{table}/{name}")
            price = self._price[table, name] = round(median * exp(rng.gauss(0, spread)), 2)
        return price
