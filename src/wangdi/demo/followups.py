"""Registrations and follow-ups of hypertension and type-2 diabetes, as on the national forms."""

from dataclasses import dataclass

import numpy as np

from wangdi.demo.arrays import DAYS_A_YEAR, Bools, Floats, Ints, integers
from wangdi.demo.forms import Days, Rows, Values, Words
from wangdi.demo.patients import DIABETES, HYPERTENSION, Patients, register_patients
from wangdi.demo.setting import Part
from wangdi.demo.visits import Instrument, Visits, simulate_visits

MISSING = 0.015
"""Share of readings that were not taken or not written down."""

MODES = ("门诊", "家庭", "电话")
GRADES = ("良好", "一般", "差")
ADHERENCE = ("规律", "间断", "不服药")
PRESENCE = ("无", "有")
CLASSES = ("控制满意", "控制不满意", "不良反应", "并发症")
HYPERTENSION_SYMPTOMS = (
    "无症状",
    "头痛头晕",
    "恶心呕吐",
    "眼花耳鸣",
    "呼吸困难",
    "心悸胸闷",
    "鼻衄",
    "四肢发麻",
    "下肢水肿",
)
DIABETES_SYMPTOMS = (
    "无症状",
    "多饮",
    "多食",
    "多尿",
    "视力模糊",
    "感染",
    "手脚麻木",
    "下肢浮肿",
    "体重明显下降",
)
HYPOGLYCAEMIA = ("无", "偶尔", "频繁")

WINTER_RISE = 2.5
"""Pressure in mid-January above that of the year's mean, mmHg; surveys report winter and summer 4–6 apart."""

DAYS_TO_IMPROVE = 300.0
"""After so many days about two thirds of what treatment achieves is reached."""


@dataclass(frozen=True, slots=True)
class Pressure:
    """Blood pressure in mmHg: the patient's own level, lower with treatment, higher in winter, and noise."""

    systolic: Floats
    diastolic: Floats
    improvement: Floats
    since: Ints
    birth: Ints
    rounds: Bools

    def read(self, patient: Ints, day: Ints, generator: np.random.Generator) -> Floats:
        gained = self.improvement[patient] * (1 - np.exp((self.since[patient] - day) / DAYS_TO_IMPROVE))
        shift = _winter(day) - gained
        noise = generator.standard_normal((2, len(patient)), dtype=np.float32)
        systolic = self.systolic[patient] + shift + 7.5 * noise[0]
        diastolic = self.diastolic[patient] + 0.5 * shift + 3.0 * noise[0] + 4.5 * noise[1]
        pair = np.stack([np.clip(systolic, 85, 230), np.clip(diastolic, 45, 130)], axis=1)
        pair = np.where(self.rounds[patient, np.newaxis], np.round(pair, -1), np.round(pair))
        pair[generator.random(len(patient), dtype=np.float32) < MISSING] = np.nan
        return pair

    def is_controlled(self, patient: Ints, day: Ints, readings: Floats) -> Bools:
        limit = np.where(day - self.birth[patient] >= 65 * 365.25, 150, 140)
        return np.asarray((readings[:, 0] < limit) & (readings[:, 1] < 90))


@dataclass(frozen=True, slots=True)
class Glucose:
    """Fasting glucose in mmol/L, then the two blood pressures."""

    fasting: Floats
    improvement: Floats
    since: Ints
    pressure: Pressure

    def read(self, patient: Ints, day: Ints, generator: np.random.Generator) -> Floats:
        gained = self.improvement[patient] * (1 - np.exp((self.since[patient] - day) / DAYS_TO_IMPROVE))
        noise = 0.6 * generator.standard_normal(len(patient), dtype=np.float32)
        fasting = np.clip(self.fasting[patient] - gained + 0.04 * _winter(day) + noise, 3.2, 25)
        fasting[generator.random(len(patient), dtype=np.float32) < MISSING] = np.nan
        return np.column_stack([np.round(fasting, 1), self.pressure.read(patient, day, generator)])

    def is_controlled(self, patient: Ints, day: Ints, readings: Floats) -> Bools:
        return np.asarray(readings[:, 0] < 7.0)


def hypertension_rows(part: Part, has_disease: Bools) -> tuple[Rows, Rows]:
    """Registrations and follow-ups."""
    patients = register_patients(part, HYPERTENSION, has_disease)
    generator = part.stream("htn visits")
    instrument = _pressure(part, patients, 150.5, generator)
    visits = simulate_visits(patients, instrument, generator)
    values: dict[str, Values] = {
        **_pressures(visits.readings),
        "heart_rate": np.round(generator.normal(74, 8, len(visits.patient))),
        **_interview(part, patients, visits, HYPERTENSION_SYMPTOMS, generator),
    }
    return _rows(part, "htn", patients, visits, values)


def diabetes_rows(part: Part, has_disease: Bools) -> tuple[Rows, Rows]:
    """Registrations and follow-ups."""
    patients = register_patients(part, DIABETES, has_disease)
    generator = part.stream("dm visits")
    instrument = _glucose(part, patients, generator)
    visits = simulate_visits(patients, instrument, generator)
    count = len(visits.patient)
    values: dict[str, Values] = {
        "fpg": visits.readings[:, 0],
        **_pressures(visits.readings[:, 1:]),
        "hypoglycemia": Words(_rarely(generator, count, 0.03), HYPOGLYCAEMIA),
        **_interview(part, patients, visits, DIABETES_SYMPTOMS, generator),
    }
    return _rows(part, "dm", patients, visits, values)


def _rows(
    part: Part, prefix: str, patients: Patients, visits: Visits, values: dict[str, Values]
) -> tuple[Rows, Rows]:
    return (
        part.rows(f"{prefix}_registration", patients.person, patients.registered_on, {}),
        part.rows(f"{prefix}_followup", patients.person[visits.patient], visits.day, values),
    )


def _pressure(part: Part, patients: Patients, mean: float, generator: np.random.Generator) -> Pressure:
    person = patients.person
    age = part.people.age_on(part.setting.as_of)[person]
    severity = generator.standard_normal(len(person))
    return Pressure(
        systolic=mean + 0.2 * (age - 60) + 10 * severity,
        diastolic=84 - 0.15 * (age - 60) + 4 * severity + generator.normal(0, 4, len(person)),
        improvement=2 + 9 * part.quality[person],
        since=patients.registered_on,
        birth=part.people.birth[person],
        rounds=part.setting.care.rounds[part.people.village[person]],
    )


def _glucose(part: Part, patients: Patients, generator: np.random.Generator) -> Instrument:
    count = len(patients.person)
    return Glucose(
        fasting=6.3 + generator.gamma(2.0, 0.8, count),
        improvement=0.2 + 1.1 * part.quality[patients.person],
        since=patients.registered_on,
        pressure=_pressure(part, patients, 138.0, generator),
    )


def _winter(day: Ints) -> Floats:
    """Millimetres of mercury above the year's mean, highest in mid-January, lowest in mid-July."""
    return np.asarray(WINTER_RISE * np.cos((day % DAYS_A_YEAR - 15) * (2 * np.pi / DAYS_A_YEAR)))


def _pressures(readings: Floats) -> dict[str, Values]:
    return {"sbp": readings[:, 0], "dbp": readings[:, 1]}


def _interview(
    part: Part, patients: Patients, visits: Visits, symptoms: tuple[str, ...], generator: np.random.Generator
) -> dict[str, Values]:
    """What both forms ask: how they met, symptoms, habits, medicine, class of the visit, next visit."""
    count = len(visits.patient)
    ill = ~visits.controlled & (generator.random(count, dtype=np.float32) < 0.25)
    symptom = integers(np.where(ill, generator.integers(1, len(symptoms), count), 0))
    adverse = _rarely(generator, count, 0.008)
    complication = generator.random(count, dtype=np.float32) < 0.004
    visit_class = np.where(complication, 3, np.where(adverse == 1, 2, ~visits.controlled))
    return {
        "visit_mode": Words(_modes(visits, generator), MODES),
        "symptoms": Words(symptom, symptoms),
        **_habits(part, patients, visits, generator),
        "compliance": Words(_worsening(part, patients, visits, generator), GRADES),
        "drug_adherence": Words(_worsening(part, patients, visits, generator), ADHERENCE),
        "adr": Words(adverse, PRESENCE),
        "visit_class": Words(integers(visit_class), CLASSES),
        "next_visit_date": Days(integers(visits.day + np.where(visits.controlled, 90, 14))),
    }


def _modes(visits: Visits, generator: np.random.Generator) -> Ints:
    """Mostly at the clinic, a quarter at home; without a reading mostly by telephone."""
    draw = generator.random(len(visits.patient), dtype=np.float32)
    by_phone = np.isnan(visits.readings).any(axis=1) & (draw < 0.7)
    return integers(np.where(by_phone, 2, draw > 0.74))


def _habits(
    part: Part, patients: Patients, visits: Visits, generator: np.random.Generator
) -> dict[str, Values]:
    """Weight in kg, cigarettes and liang of spirits a day: each person's own, changing little."""
    count = len(patients.person)
    male = part.people.sex[patients.person] == 1
    weight = generator.normal(np.where(male, 67.0, 58.5), 8.5, count).clip(38, 120)
    smokes = generator.random(count) < np.where(male, 0.45, 0.02)
    drinks = generator.random(count) < np.where(male, 0.35, 0.03)
    cigarettes = np.where(smokes, generator.choice([5, 10, 15, 20, 30], count), 0)
    spirits = np.where(drinks, generator.choice([0.5, 1, 2, 3], count), 0)
    who = visits.patient
    drift = generator.standard_normal(len(who), dtype=np.float32)
    return {
        "weight": np.round(weight[who] + 0.6 * drift.astype(np.float64), 1),
        "smoking_per_day": cigarettes[who].astype(np.float64),
        "alcohol_per_day": spirits[who],
    }


def _worsening(part: Part, patients: Patients, visits: Visits, generator: np.random.Generator) -> Ints:
    """Good, fair or poor: better where care is, and when readings are controlled."""
    good = 0.45 + 0.35 * part.quality[patients.person[visits.patient]] + 0.15 * visits.controlled
    draw = generator.random(len(visits.patient), dtype=np.float32)
    return integers((draw > good).astype(np.int32) + (draw > good + 0.75 * (1 - good)))


def _rarely(generator: np.random.Generator, count: int, chance: float) -> Ints:
    return integers(generator.random(count, dtype=np.float32) < chance)
