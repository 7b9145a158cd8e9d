"""Records of our own in the style of EHRSQL's gold queries: nested selects, its ways to say time.

No query is copied from the release: questions, names and numbers are ours; the forms follow
Lee et al. 2022 (arXiv:2301.07695), with the release's known mistakes (`current_time`, `%y`, `%j`).
"""

import random
from collections.abc import Iterator
from typing import Any

_STAY = "( select admissions.hadm_id from admissions where admissions.subject_id = {p} )"
_LAST_STAY = (
    "( select admissions.hadm_id from admissions where admissions.subject_id = {p} and "
    "admissions.dischtime is not null order by admissions.admittime desc limit 1 )"
)
_FIRST_STAY = (
    "( select admissions.hadm_id from admissions where admissions.subject_id = {p} and "
    "admissions.dischtime is not null order by admissions.admittime asc limit 1 )"
)
_OPEN_STAY = (
    "( select admissions.hadm_id from admissions where admissions.subject_id = {p} and "
    "admissions.dischtime is null )"
)
_ICU = "( select icustays.icustay_id from icustays where icustays.hadm_id in {stay} )"
_LAB = "( select d_labitems.itemid from d_labitems where d_labitems.label = '{name}' )"
_DX = "( select d_icd_diagnoses.icd9_code from d_icd_diagnoses where d_icd_diagnoses.short_title = '{name}' )"
_PX = "( select d_icd_procedures.icd9_code from d_icd_procedures where d_icd_procedures.short_title = '{name}' )"
_ITEM = (
    "( select d_items.itemid from d_items where d_items.label = '{name}' and d_items.linksto = '{table}' )"
)


def windows(column: str, rng: random.Random) -> Iterator[str]:
    """EHRSQL's filters of time over a column; always in the past."""
    year, month, day = rng.randint(2100, 2105), rng.randint(1, 12), rng.randint(1, 28)
    yield f"strftime('%y',{column}) = '{year}'"
    yield f"strftime('%y',{column}) >= '{rng.randint(2100, 2104)}'"
    yield f"strftime('%y-%m',{column}) = '{year}-{month:02d}'"
    yield f"strftime('%y-%m',{column}) <= '{rng.randint(2101, 2105)}-{month:02d}'"
    yield f"datetime({column},'start of year') = datetime(current_time,'start of year','-{rng.randint(0, 1)} year')"
    yield f"datetime({column},'start of month') = datetime(current_time,'start of month','-{rng.randint(0, 1)} month')"
    yield f"datetime({column}) >= datetime(current_time,'-{rng.randint(4, 20)} month')"
    yield f"datetime({column},'start of day') = datetime(current_time,'start of day','-{rng.randint(0, 1)} day')"
    yield (
        f"datetime({column},'start of year') = datetime(current_time,'start of year','-1 year') "
        f"and strftime('%m',{column}) = '{month:02d}'"
    )
    yield (
        f"datetime({column},'start of month') = datetime(current_time,'start of month','-1 month') "
        f"and strftime('%d',{column}) = '{day:02d}'"
    )
    yield f"strftime('%y-%m-%d',{column}) = '{year}-{month:02d}-{day:02d}'"


MIMIC: dict[str, str] = {
    "age_of_patient": "select admissions.age from admissions where admissions.subject_id = {p} order by admissions.admittime desc limit 1",
    "gender": "select patients.gender from patients where patients.subject_id = {p}",
    "insurance_first": "select admissions.insurance from admissions where admissions.subject_id = {p} and {t:admissions.admittime} order by admissions.admittime asc limit 1",
    "count_visits": "select count( distinct admissions.hadm_id ) from admissions where admissions.subject_id = {p} and {t:admissions.admittime}",
    "lab_last": "select labevents.valuenum from labevents where labevents.hadm_id in " + _LAST_STAY + " and labevents.itemid in " + _LAB + " order by labevents.charttime desc limit 1",
    "lab_max_time": "select labevents.charttime from labevents where labevents.hadm_id in " + _STAY + " and labevents.itemid in " + _LAB + " and {t:labevents.charttime} order by labevents.valuenum desc, labevents.charttime asc limit 1",
    "lab_difference": "select ( select labevents.valuenum from labevents where labevents.hadm_id in " + _STAY + " and labevents.itemid in " + _LAB + " order by labevents.charttime desc limit 1 offset 1 ) - ( select labevents.valuenum from labevents where labevents.hadm_id in " + _STAY + " and labevents.itemid in " + _LAB + " order by labevents.charttime desc limit 1 )",
    "lab_ever": "select count(*)>0 from labevents where labevents.hadm_id in " + _STAY + " and labevents.itemid in " + _LAB + " and {t:labevents.charttime}",
    "vital_first": "select chartevents.charttime from chartevents where chartevents.icustay_id in " + _ICU.format(stay=_STAY) + " and chartevents.itemid in " + _ITEM.format(name="{name}", table="chartevents") + " and {t:chartevents.charttime} order by chartevents.charttime asc limit 1",
    "vital_mean_first_icu": "select avg( chartevents.valuenum ) from chartevents where chartevents.icustay_id in ( select icustays.icustay_id from icustays where icustays.hadm_id in " + _STAY + " and not icustays.outtime is null order by icustays.intime asc limit 1 ) and chartevents.itemid in " + _ITEM.format(name="{name}", table="chartevents"),
    "vital_above": "select count(*)>0 from chartevents where chartevents.icustay_id in " + _ICU.format(stay=_STAY) + " and chartevents.itemid in " + _ITEM.format(name="{name}", table="chartevents") + " and chartevents.valuenum > {n}.0 and {t:chartevents.charttime}",
    "vital_change": "select ( select chartevents.valuenum from chartevents where chartevents.icustay_id in " + _ICU.format(stay=_OPEN_STAY) + " and chartevents.itemid in " + _ITEM.format(name="{name}", table="chartevents") + " order by chartevents.charttime desc limit 1 ) < ( select chartevents.valuenum from chartevents where chartevents.icustay_id in " + _ICU.format(stay=_OPEN_STAY) + " and chartevents.itemid in " + _ITEM.format(name="{name}", table="chartevents") + " order by chartevents.charttime asc limit 1 )",
    "input_sum": "select sum( inputevents_cv.amount ) from inputevents_cv where inputevents_cv.icustay_id in " + _ICU.format(stay=_STAY) + " and inputevents_cv.itemid in " + _ITEM.format(name="{name}", table="inputevents_cv") + " and {t:inputevents_cv.charttime}",
    "output_today": "select sum( outputevents.value ) from outputevents where outputevents.icustay_id in " + _ICU.format(stay=_STAY) + " and {t:outputevents.charttime}",
    "balance": "select ( select sum( inputevents_cv.amount ) from inputevents_cv where inputevents_cv.icustay_id in " + _ICU.format(stay=_STAY) + " and {t:inputevents_cv.charttime} ) - ( select sum( outputevents.value ) from outputevents where outputevents.icustay_id in " + _ICU.format(stay=_STAY) + " and {t:outputevents.charttime} )",
    "drug_last_dose": "select prescriptions.dose_val_rx from prescriptions where prescriptions.hadm_id in " + _STAY + " and prescriptions.drug = '{name}' and {t:prescriptions.startdate} order by prescriptions.startdate desc limit 1",
    "drug_route": "select distinct prescriptions.drug from prescriptions where prescriptions.hadm_id in " + _LAST_STAY + " and prescriptions.route = 'po' and {t:prescriptions.startdate}",
    "drug_same_day": "select t2.drug from ( select admissions.subject_id, prescriptions.startdate from prescriptions join admissions on prescriptions.hadm_id = admissions.hadm_id where admissions.subject_id = {p} and prescriptions.drug = '{name}' ) as t1 join ( select admissions.subject_id, prescriptions.drug, prescriptions.startdate from prescriptions join admissions on prescriptions.hadm_id = admissions.hadm_id where admissions.subject_id = {p} and {t:prescriptions.startdate} ) as t2 on t1.subject_id = t2.subject_id where datetime(t1.startdate,'start of day') = datetime(t2.startdate,'start of day') and t2.drug <> '{name}'",
    "dx_first_time": "select diagnoses_icd.charttime from diagnoses_icd where diagnoses_icd.icd9_code = " + _DX + " and diagnoses_icd.hadm_id in " + _STAY + " and {t:diagnoses_icd.charttime} order by diagnoses_icd.charttime asc limit 1",
    "dx_name_first_visit": "select d_icd_diagnoses.short_title from d_icd_diagnoses where d_icd_diagnoses.icd9_code in ( select diagnoses_icd.icd9_code from diagnoses_icd where diagnoses_icd.hadm_id in " + _FIRST_STAY + " order by diagnoses_icd.charttime desc limit 1 )",
    "dx_count": "select count( distinct admissions.subject_id ) from admissions where admissions.hadm_id in ( select diagnoses_icd.hadm_id from diagnoses_icd where diagnoses_icd.icd9_code = " + _DX + " and {t:diagnoses_icd.charttime} )",
    "px_twice": "select count( distinct t1.subject_id ) from ( select admissions.subject_id, count(*) as c1 from procedures_icd join admissions on procedures_icd.hadm_id = admissions.hadm_id where procedures_icd.icd9_code = " + _PX + " and {t:procedures_icd.charttime} group by admissions.subject_id ) as t1 where t1.c1 = 2",
    "px_last_time": "select procedures_icd.charttime from procedures_icd where procedures_icd.icd9_code = " + _PX + " and procedures_icd.hadm_id in " + _STAY + " order by procedures_icd.charttime desc limit 1",
    "top_dx": "select d_icd_diagnoses.short_title from d_icd_diagnoses where d_icd_diagnoses.icd9_code in ( select t1.icd9_code from ( select diagnoses_icd.icd9_code, dense_rank() over ( order by count(*) desc ) as c1 from diagnoses_icd where {t:diagnoses_icd.charttime} group by diagnoses_icd.icd9_code ) as t1 where t1.c1 <= {k} )",
    "top_drug_after_dx": "select t3.drug from ( select t2.drug, dense_rank() over ( order by count(*) desc ) as c1 from ( select admissions.subject_id, diagnoses_icd.charttime, admissions.hadm_id from diagnoses_icd join admissions on diagnoses_icd.hadm_id = admissions.hadm_id where diagnoses_icd.icd9_code = " + _DX + " and {t:diagnoses_icd.charttime} ) as t1 join ( select admissions.subject_id, prescriptions.drug, prescriptions.startdate, admissions.hadm_id from prescriptions join admissions on prescriptions.hadm_id = admissions.hadm_id where {t:prescriptions.startdate} ) as t2 on t1.subject_id = t2.subject_id where t1.charttime < t2.startdate and t1.hadm_id = t2.hadm_id group by t2.drug ) as t3 where t3.c1 <= {k}",
    "px_within_months": "select count( distinct t1.subject_id ) from ( select admissions.subject_id, diagnoses_icd.charttime from diagnoses_icd join admissions on diagnoses_icd.hadm_id = admissions.hadm_id where diagnoses_icd.icd9_code = " + _DX + " ) as t1 join ( select admissions.subject_id, procedures_icd.charttime from procedures_icd join admissions on procedures_icd.hadm_id = admissions.hadm_id where procedures_icd.icd9_code = " + _PX.replace("{name}", "{other}") + " ) as t2 on t1.subject_id = t2.subject_id where t1.charttime < t2.charttime and datetime(t2.charttime) between datetime(t1.charttime) and datetime(t1.charttime,'+{k} month')",
    "cost_of_lab": "select distinct cost.cost from cost where cost.event_type = 'labevents' and cost.event_id in ( select labevents.row_id from labevents where labevents.itemid in " + _LAB + " )",
    "cost_of_dx": "select distinct cost.cost from cost where cost.event_type = 'diagnoses_icd' and cost.event_id in ( select diagnoses_icd.row_id from diagnoses_icd where diagnoses_icd.icd9_code = " + _DX + " )",
    "cost_total": "select sum( cost.cost ) from cost where cost.hadm_id in " + _LAST_STAY + " and {t:cost.chargetime}",
    "cost_average": "select avg( t1.c1 ) from ( select sum( cost.cost ) as c1 from cost where cost.hadm_id in ( select labevents.hadm_id from labevents where labevents.itemid in " + _LAB + " ) and {t:cost.chargetime} group by cost.hadm_id ) as t1",
    "micro_last": "select microbiologyevents.org_name from microbiologyevents where microbiologyevents.hadm_id in " + _STAY + " and microbiologyevents.spec_type_desc = '{name}' and {t:microbiologyevents.charttime} order by microbiologyevents.charttime desc limit 1",
    "micro_since": "select 1 * ( strftime('%j',current_time) - strftime('%j',microbiologyevents.charttime) ) from microbiologyevents where microbiologyevents.hadm_id in " + _STAY + " and microbiologyevents.spec_type_desc = '{name}' order by microbiologyevents.charttime desc limit 1",
    "since_dx": "select 1 * ( strftime('%j',current_time) - strftime('%j',diagnoses_icd.charttime) ) from diagnoses_icd where diagnoses_icd.icd9_code = " + _DX + " and diagnoses_icd.hadm_id in " + _STAY + " order by diagnoses_icd.charttime asc limit 1",
    "hours_in_ward": "select 24 * ( strftime('%j',current_time) - strftime('%j',icustays.intime) ) from icustays where icustays.hadm_id in " + _OPEN_STAY + " order by icustays.intime asc limit 1",
    "length_of_icu": "select strftime('%j',icustays.outtime) - strftime('%j',icustays.intime) from icustays where icustays.hadm_id in " + _STAY + " and not icustays.outtime is null order by icustays.intime desc limit 1",
    "careunit": "select transfers.careunit from transfers where transfers.hadm_id in " + _STAY + " and not transfers.careunit is null and {t:transfers.intime} order by transfers.intime asc limit 1",
    "died_after": "select count( distinct t2.subject_id ) from ( select t1.subject_id, t1.charttime from ( select admissions.subject_id, diagnoses_icd.charttime from diagnoses_icd join admissions on diagnoses_icd.hadm_id = admissions.hadm_id where diagnoses_icd.icd9_code = " + _DX + " group by admissions.subject_id having min(diagnoses_icd.charttime) = diagnoses_icd.charttime ) as t1 ) as t2 join patients on t2.subject_id = patients.subject_id where not patients.dod is null and {t:patients.dod}",
    "survival_rate": "select sum( case when patients.dod is null then 1 when strftime('%j',patients.dod) - strftime('%j',t2.charttime) > {k} * 365 then 1 else 0 end ) * 100 / count(*) from ( select t1.subject_id, t1.charttime from ( select admissions.subject_id, min(diagnoses_icd.charttime) as charttime from diagnoses_icd join admissions on diagnoses_icd.hadm_id = admissions.hadm_id where diagnoses_icd.icd9_code = " + _DX + " group by admissions.subject_id ) as t1 where strftime('%j',current_time) - strftime('%j',t1.charttime) > {k} * 365 ) as t2 join patients on t2.subject_id = patients.subject_id",
    "current_patients": "select count( distinct admissions.subject_id ) from admissions where admissions.dischtime is null and admissions.age between 40 and 59",
    "readmitted": "select count( distinct t1.subject_id ) from ( select admissions.subject_id, admissions.hadm_id, admissions.dischtime from admissions where admissions.hadm_id in ( select procedures_icd.hadm_id from procedures_icd where procedures_icd.icd9_code = " + _PX + " ) ) as t1 join admissions on t1.subject_id = admissions.subject_id where t1.dischtime < admissions.admittime and datetime(admissions.admittime) between datetime(t1.dischtime) and datetime(t1.dischtime,'+{k} month')",
    "title": "select d_icd_diagnoses.long_title from d_icd_diagnoses where d_icd_diagnoses.short_title = '{name}'",
    "route_of": "select distinct prescriptions.route from prescriptions where prescriptions.drug = '{name}'",
    "moved_by_count": "select count(*) from ( select admissions.subject_id from admissions group by admissions.subject_id having count( distinct admissions.hadm_id ) >= {k} ) as t1",
}  # fmt: skip

_E_HOSP = "( select patient.patienthealthsystemstayid from patient where patient.uniquepid = '{u}' )"
_E_LAST = (
    "( select patient.patienthealthsystemstayid from patient where patient.uniquepid = '{u}' and not "
    "patient.hospitaldischargetime is null order by patient.hospitaladmittime desc limit 1 )"
)
_E_FIRST = _E_LAST.replace(" desc ", " asc ")
_E_OPEN = (
    "( select patient.patienthealthsystemstayid from patient where patient.uniquepid = '{u}' and "
    "patient.hospitaldischargetime is null )"
)
_E_UNIT = "( select patient.patientunitstayid from patient where patient.patienthealthsystemstayid in "


def _unit(stay: str) -> str:
    return _E_UNIT + stay + " )"


EICU: dict[str, str] = {
    "gender": "select distinct patient.gender from patient where patient.uniquepid = '{u}'",
    "weight_last": "select patient.admissionweight from patient where patient.uniquepid = '{u}' and not patient.admissionweight is null and {t:patient.unitadmittime} order by patient.unitadmittime desc limit 1",
    "weight_change": "select ( select patient.admissionweight from patient where patient.uniquepid = '{u}' and not patient.admissionweight is null order by patient.unitadmittime desc limit 1 ) - ( select patient.admissionweight from patient where patient.uniquepid = '{u}' and not patient.admissionweight is null order by patient.unitadmittime asc limit 1 )",
    "admit_source": "select patient.hospitaladmitsource from patient where patient.uniquepid = '{u}' and {t:patient.hospitaladmittime} order by patient.hospitaladmittime asc limit 1",
    "count_visits": "select count( distinct patient.patienthealthsystemstayid ) from patient where patient.uniquepid = '{u}' and {t:patient.hospitaladmittime}",
    "lab_last": "select lab.labresult from lab where lab.patientunitstayid in " + _unit(_E_LAST) + " and lab.labname = '{name}' order by lab.labresulttime desc limit 1",
    "lab_second": "select lab.labresulttime from lab where lab.patientunitstayid in " + _unit(_E_HOSP) + " and lab.labname = '{name}' and {t:lab.labresulttime} order by lab.labresulttime asc limit 1 offset 1",
    "lab_change": "select ( select lab.labresult from lab where lab.patientunitstayid in " + _unit(_E_OPEN) + " and lab.labname = '{name}' order by lab.labresulttime desc limit 1 ) > ( select lab.labresult from lab where lab.patientunitstayid in " + _unit(_E_OPEN) + " and lab.labname = '{name}' order by lab.labresulttime asc limit 1 )",
    "lab_ever": "select count(*)>0 from lab where lab.patientunitstayid in " + _unit(_E_HOSP) + " and lab.labname = '{name}' and {t:lab.labresulttime}",
    "lab_mean": "select avg( lab.labresult ) from lab where lab.patientunitstayid in " + _unit(_E_HOSP) + " and lab.labname = '{name}' and {t:lab.labresulttime}",
    "vital_first": "select vitalperiodic.observationtime from vitalperiodic where vitalperiodic.patientunitstayid in " + _unit(_E_HOSP) + " and not vitalperiodic.heartrate is null and {t:vitalperiodic.observationtime} order by vitalperiodic.observationtime asc limit 1",
    "vital_min": "select min( vitalperiodic.sao2 ) from vitalperiodic where vitalperiodic.patientunitstayid in " + _unit(_E_FIRST) + " and not vitalperiodic.sao2 is null and {t:vitalperiodic.observationtime}",
    "vital_below": "select vitalperiodic.observationtime from vitalperiodic where vitalperiodic.patientunitstayid in " + _unit(_E_HOSP) + " and vitalperiodic.respiration < {n} and {t:vitalperiodic.observationtime} order by vitalperiodic.observationtime desc limit 1",
    "vital_diff": "select ( select vitalperiodic.systemicsystolic from vitalperiodic where vitalperiodic.patientunitstayid in " + _unit(_E_HOSP) + " and not vitalperiodic.systemicsystolic is null order by vitalperiodic.observationtime desc limit 1 ) - ( select vitalperiodic.systemicsystolic from vitalperiodic where vitalperiodic.patientunitstayid in " + _unit(_E_HOSP) + " and not vitalperiodic.systemicsystolic is null order by vitalperiodic.observationtime desc limit 1 offset 1 )",
    "intake_sum": "select sum( intakeoutput.cellvaluenumeric ) from intakeoutput where intakeoutput.patientunitstayid in " + _unit(_E_HOSP) + " and intakeoutput.cellpath like '%intake%' and intakeoutput.celllabel = '{name}' and {t:intakeoutput.intakeoutputtime}",
    "output_last": "select intakeoutput.celllabel from intakeoutput where intakeoutput.patientunitstayid in " + _unit(_E_OPEN) + " and intakeoutput.cellpath like '%output%' order by intakeoutput.intakeoutputtime desc limit 1",
    "balance": "select ( select sum( intakeoutput.cellvaluenumeric ) from intakeoutput where intakeoutput.patientunitstayid in " + _unit(_E_HOSP) + " and intakeoutput.cellpath like '%intake%' and {t:intakeoutput.intakeoutputtime} ) - ( select sum( intakeoutput.cellvaluenumeric ) from intakeoutput where intakeoutput.patientunitstayid in " + _unit(_E_HOSP) + " and intakeoutput.cellpath like '%output%' and {t:intakeoutput.intakeoutputtime} )",
    "drug_dose": "select medication.dosage from medication where medication.patientunitstayid in " + _unit(_E_HOSP) + " and medication.drugname = '{name}' and {t:medication.drugstarttime} order by medication.drugstarttime desc limit 1",
    "drug_route": "select count(*) from medication where medication.patientunitstayid in " + _unit(_E_LAST) + " and medication.routeadmin = 'iv' and {t:medication.drugstarttime}",
    "drug_pair": "select count( distinct t1.uniquepid ) from ( select patient.uniquepid, medication.drugstarttime from medication join patient on medication.patientunitstayid = patient.patientunitstayid where medication.drugname = '{name}' ) as t1 join ( select patient.uniquepid, medication.drugstarttime from medication join patient on medication.patientunitstayid = patient.patientunitstayid where medication.drugname = '{other}' ) as t2 on t1.uniquepid = t2.uniquepid where datetime(t1.drugstarttime) = datetime(t2.drugstarttime)",
    "drug_same_day": "select t2.drugname from ( select patient.uniquepid, medication.drugstarttime from medication join patient on medication.patientunitstayid = patient.patientunitstayid where medication.drugname = '{name}' and patient.uniquepid = '{u}' and {t:medication.drugstarttime} ) as t1 join ( select patient.uniquepid, medication.drugname, medication.drugstarttime from medication join patient on medication.patientunitstayid = patient.patientunitstayid where patient.uniquepid = '{u}' ) as t2 on t1.uniquepid = t2.uniquepid where datetime(t1.drugstarttime,'start of day') = datetime(t2.drugstarttime,'start of day') and t2.drugname <> '{name}'",
    "dx_time": "select diagnosis.diagnosistime from diagnosis where diagnosis.patientunitstayid in " + _unit(_E_HOSP) + " and diagnosis.diagnosisname = '{name}' and {t:diagnosis.diagnosistime} order by diagnosis.diagnosistime asc limit 1",
    "dx_name": "select diagnosis.diagnosisname from diagnosis where diagnosis.patientunitstayid in " + _unit(_E_FIRST) + " order by diagnosis.diagnosistime desc limit 1",
    "dx_count": "select count( distinct patient.uniquepid ) from patient where patient.patientunitstayid in ( select diagnosis.patientunitstayid from diagnosis where diagnosis.diagnosisname = '{name}' and {t:diagnosis.diagnosistime} )",
    "tx_twice": "select count( distinct t1.uniquepid ) from ( select patient.uniquepid, count(*) as c1 from patient where patient.patientunitstayid in ( select treatment.patientunitstayid from treatment where treatment.treatmentname = '{name}' and {t:treatment.treatmenttime} ) group by patient.uniquepid ) as t1 where t1.c1 >= 2",
    "tx_within": "select count( distinct t1.uniquepid ) from ( select patient.uniquepid, diagnosis.diagnosistime from diagnosis join patient on diagnosis.patientunitstayid = patient.patientunitstayid where diagnosis.diagnosisname = '{name}' ) as t1 join ( select patient.uniquepid, treatment.treatmenttime from treatment join patient on treatment.patientunitstayid = patient.patientunitstayid where treatment.treatmentname = '{other}' ) as t2 on t1.uniquepid = t2.uniquepid where t1.diagnosistime < t2.treatmenttime and datetime(t2.treatmenttime) between datetime(t1.diagnosistime) and datetime(t1.diagnosistime,'+{k} month')",
    "top_tx": "select t1.treatmentname from ( select treatment.treatmentname, dense_rank() over ( order by count(*) desc ) as c1 from treatment where {t:treatment.treatmenttime} group by treatment.treatmentname ) as t1 where t1.c1 <= {k}",
    "top_lab_after_dx": "select t3.labname from ( select t2.labname, dense_rank() over ( order by count(*) desc ) as c1 from ( select patient.uniquepid, diagnosis.diagnosistime, patient.patienthealthsystemstayid from diagnosis join patient on diagnosis.patientunitstayid = patient.patientunitstayid where diagnosis.diagnosisname = '{name}' and {t:diagnosis.diagnosistime} ) as t1 join ( select patient.uniquepid, lab.labname, lab.labresulttime, patient.patienthealthsystemstayid from lab join patient on lab.patientunitstayid = patient.patientunitstayid where {t:lab.labresulttime} ) as t2 on t1.uniquepid = t2.uniquepid where t1.diagnosistime < t2.labresulttime and t1.patienthealthsystemstayid = t2.patienthealthsystemstayid group by t2.labname ) as t3 where t3.c1 <= {k}",
    "cost_of_lab": "select distinct cost.cost from cost where cost.eventtype = 'lab' and cost.eventid in ( select lab.labid from lab where lab.labname = '{name}' )",
    "cost_of_drug": "select distinct cost.cost from cost where cost.eventtype = 'medication' and cost.eventid in ( select medication.medicationid from medication where medication.drugname = '{name}' )",
    "cost_total": "select sum( cost.cost ) from cost where cost.patienthealthsystemstayid in " + _E_HOSP + " and {t:cost.chargetime}",
    "cost_min": "select min( t1.c1 ) from ( select sum( cost.cost ) as c1 from cost where cost.patienthealthsystemstayid in ( select patient.patienthealthsystemstayid from patient where patient.patientunitstayid in ( select treatment.patientunitstayid from treatment where treatment.treatmentname = '{name}' ) ) and {t:cost.chargetime} group by cost.patienthealthsystemstayid ) as t1",
    "micro_first": "select microlab.culturetakentime from microlab where microlab.patientunitstayid in " + _unit(_E_HOSP) + " and microlab.culturesite = '{name}' and {t:microlab.culturetakentime} order by microlab.culturetakentime asc limit 1",
    "micro_org": "select distinct microlab.organism from microlab where microlab.patientunitstayid in " + _unit(_E_LAST) + " and microlab.culturesite = '{name}'",
    "allergy_ever": "select count(*)>0 from allergy where allergy.patientunitstayid in " + _unit(_E_HOSP) + " and allergy.drugname = '{name}' and {t:allergy.allergytime}",
    "allergy_names": "select allergy.allergyname from allergy where allergy.patientunitstayid in " + _unit(_E_OPEN) + " and {t:allergy.allergytime}",
    "since_tx": "select 1 * ( strftime('%j',current_time) - strftime('%j',treatment.treatmenttime) ) from treatment where treatment.treatmentname = '{name}' and treatment.patientunitstayid in " + _unit(_E_OPEN) + " order by treatment.treatmenttime desc limit 1",
    "hours_in": "select 24 * ( strftime('%j',current_time) - strftime('%j',patient.unitadmittime) ) from patient where patient.uniquepid = '{u}' and patient.hospitaldischargetime is null order by patient.unitadmittime asc limit 1",
    "stayed_longer": "select count( distinct patient.uniquepid ) from patient where patient.hospitaldischargestatus = 'expired' and strftime('%j',patient.hospitaldischargetime) - strftime('%j',patient.hospitaladmittime) > {k} and {t:patient.hospitaldischargetime}",
    "survival_rate": "select sum( case when patient.hospitaldischargestatus = 'alive' then 1 when strftime('%j',patient.hospitaldischargetime) - strftime('%j',t2.diagnosistime) > {k} * 365 then 1 else 0 end ) * 100 / count(*) from ( select t1.uniquepid, t1.diagnosistime from ( select patient.uniquepid, min(diagnosis.diagnosistime) as diagnosistime from diagnosis join patient on diagnosis.patientunitstayid = patient.patientunitstayid where diagnosis.diagnosisname = '{name}' group by patient.uniquepid ) as t1 where strftime('%j',current_time) - strftime('%j',t1.diagnosistime) > {k} * 365 ) as t2 join patient on t2.uniquepid = patient.uniquepid",
    "current_patients": "select count( distinct patient.uniquepid ) from patient where patient.hospitaldischargetime is null and patient.gender = 'female' and patient.age between '40' and '59'",
    "ward": "select patient.wardid from patient where patient.uniquepid = '{u}' and {t:patient.unitadmittime} order by patient.unitadmittime asc limit 1",
}  # fmt: skip

_WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "iris", "juniper", "krill", "lotus")
_KINDS = ("syndrome nos", "acid [serum]", "10mg", "graft", "culture", "rate, mean", "(arterial)", "tube, ng")


def drawn(family: str, count: int, seed: int = 3) -> list[tuple[str, dict[str, Any]]]:
    """(name of the form, record) in turn; names of things occur again and again, as in the release."""
    rng = random.Random(f"{family}/{seed}")
    forms = list((MIMIC if family == "mimic_iii" else EICU).items())
    people = [rng.randint(10_000, 99_999) for _ in range(max(4, count // 6))]
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    number = 0
    while len(found) < count and number < 20 * count:
        name, form = forms[number % len(forms)]
        number += 1
        sql = _filled(form, rng, people)
        record = {
            "db_id": family,
            "question": f"what does the chart say about this: {sql}"[:3900],
            "template": name,
            "query": sql,
            "q_tag": name,
            "is_impossible": False,
            "split": "test",
            "id": f"{name}-{number}",
            "answer": ["1"],
        }
        found.setdefault(sql, (name, record))
    return list(found.values())


def _filled(form: str, rng: random.Random, people: list[int]) -> str:
    while "{t:" in form:
        start = form.index("{t:")
        end = form.index("}", start)
        column = form[start + 3 : end]
        form = form[:start] + rng.choice(list(windows(column, rng))) + form[end + 1 :]
    person = rng.choice(people)
    thing, other = (f"{rng.choice(_WORDS)} {rng.choice(_KINDS)}" for _ in range(2))
    values = {"p": str(person), "u": f"0{person % 30:02d}-{person}", "name": thing, "other": other}
    values |= {"k": str(rng.randint(2, 5)), "n": str(rng.randint(15, 90))}
    for key, value in values.items():
        form = form.replace("{" + key + "}", value)
    return form
