"""Answers requests of the deployed model: how likely is it that these flights arrive more than 30 minutes late?

Try it without a service: `WORKBENCH_MODEL_DIR=<folder with model.joblib> python score.py`
"""

import json
import os
from datetime import date
from pathlib import Path

import joblib
import pandas as pd

SAMPLE = {
    "flights": [
        {
            "date": "2013-07-22", "carrier": "EV", "origin": "EWR", "dest": "ORD", "distance": 719,
            "sched_dep_time": 1905, "sched_arr_time": 2039, "departure_window": "7PM-8PM",
            "temp": 84.0, "dewp": 71.1, "humid": 65.2, "wind_dir": 190, "wind_speed": 13.8,
            "precip": 0.12, "pressure": 1008.4, "visib": 6.0,
        },
        {
            "date": "2013-10-12", "carrier": "UA", "origin": "EWR", "dest": "IAH", "distance": 1400,
            "sched_dep_time": 515, "sched_arr_time": 819, "departure_window": "5AM-6AM",
            "temp": 57.0, "dewp": 48.0, "humid": 72.0, "wind_dir": 40, "wind_speed": 8.1,
            "precip": 0.0, "pressure": 1022.0, "visib": 10.0,
        },
    ],
}  # fmt: skip
"""A stormy July evening and a calm October morning. The weather may be left out where it is not known."""

TEXTS = ("date", "carrier", "origin", "dest", "departure_window")
NUMBERS = ("distance", "sched_dep_time", "sched_arr_time")
WEATHER = ("temp", "dewp", "humid", "wind_dir", "wind_speed", "precip", "pressure", "visib")

model = None


def init() -> None:
    """Loads the model once, when the service starts."""
    global model
    model = joblib.load(Path(os.environ["WORKBENCH_MODEL_DIR"], "model.joblib"))


def run(data: dict) -> dict:
    """Takes `{"flights": [...]}`; gives for each flight the probability of a late arrival and the answer at 50 %.

    A ValueError answers the request with 400 and its sentence.
    """
    flights = data.get("flights", [data]) if isinstance(data, dict) else data
    if not isinstance(flights, list) or not flights:
        raise ValueError('Send {"flights": [...]} with at least one flight.')
    dates = [check(number, flight) for number, flight in enumerate(flights, 1)]
    rows = pd.DataFrame(flights)
    rows = rows.assign(month=[day.month for day in dates], weekday=[day.weekday() for day in dates])
    rows = rows.reindex(columns=[*model.feature_names_in_])
    late = model.predict_proba(rows)[:, 1]
    return {"predictions": [{"late_probability": round(float(p), 4), "late": bool(p >= 0.5)} for p in late]}


def check(number: int, flight: dict) -> date:
    """The flight's date. Raises ValueError naming the field that is missing or wrong."""
    if not isinstance(flight, dict):
        raise ValueError(f"Flight {number} must be an object with fields such as date and carrier.")
    if missing := [name for name in (*TEXTS, *NUMBERS) if flight.get(name) is None]:
        raise ValueError(f"Flight {number} lacks {', '.join(missing)}.")
    for name in TEXTS:
        if not isinstance(flight[name], str):
            raise ValueError(f"{name} of flight {number} must be a text, not {flight[name]!r}.")
    for name in (*NUMBERS, *WEATHER):
        value = flight.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise ValueError(f"{name} of flight {number} must be a number, not {value!r}.")
    try:
        return date.fromisoformat(flight["date"])
    except ValueError:
        raise ValueError(f"date of flight {number} must be a date such as 2013-07-22, not {flight['date']!r}.") from None


if __name__ == "__main__":
    init()
    print(json.dumps(run(SAMPLE), indent=2))
