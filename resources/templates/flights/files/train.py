"""Trains a model that says, before departure, whether a flight will arrive more than 30 minutes late.

    workbench submit train.py --learning-rate 0.1 --max-depth 6 --iterations 80

Only what is known before departure goes in: the schedule, the airline, the route and the weather at the origin.
"""

import argparse
from pathlib import Path

import joblib
import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.calibration import calibration_curve
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss, roc_auc_score, roc_curve
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

import workbench

LATE_MINUTES = 30
CATEGORIES = ["carrier", "origin", "dest", "departure_window"]
NUMBERS = [
    "month", "weekday", "sched_dep_time", "sched_arr_time", "distance",
    "temp", "dewp", "humid", "wind_dir", "wind_speed", "precip", "pressure", "visib",
]  # fmt: skip


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learning-rate", type=float, default=0.1, help="shrinkage of each tree")
    parser.add_argument("--max-depth", type=int, default=6, help="depth of a tree; 0: no limit")
    parser.add_argument("--iterations", type=int, default=80, help="number of trees")
    parser.add_argument("--log-every", type=int, default=5, help="trees between two measurements")
    parser.add_argument("--package", default="data/flights.wbprep", help="the data preparation to train on")
    return parser.parse_args()


def load(package: str) -> pd.DataFrame:
    """The prepared flights, with the day of the week and the label."""
    flights = workbench.prep(package)
    dates = pd.to_datetime(flights[["year", "month", "day"]])
    return flights.assign(date=dates, weekday=dates.dt.day_of_week, late=flights["arr_delay"] > LATE_MINUTES)


def split_by_day(flights: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Training, validation and test rows: whole days, because flights of one day share their weather and their delays."""
    days = np.random.default_rng(0).permutation(flights["date"].unique())
    validation, test = days[: len(days) // 5], days[len(days) // 5 : 2 * len(days) // 5]
    in_validation, in_test = flights["date"].isin(validation), flights["date"].isin(test)
    return flights[~in_validation & ~in_test], flights[in_validation], flights[in_test]


def train(flights: pd.DataFrame, validation: pd.DataFrame, arguments: argparse.Namespace):
    """Fits the trees a few at a time and logs what the validation days say after each lot."""
    encoder = make_column_transformer(
        (OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan), CATEGORIES),
        ("passthrough", NUMBERS),
    )
    known, unseen = encoder.fit_transform(flights), encoder.transform(validation)
    model = HistGradientBoostingClassifier(
        learning_rate=arguments.learning_rate,
        max_depth=arguments.max_depth or None,
        categorical_features=list(range(len(CATEGORIES))),
        early_stopping=False,
        warm_start=True,
        random_state=0,
    )
    for trees in [*range(arguments.log_every, arguments.iterations, arguments.log_every), arguments.iterations]:
        model.set_params(max_iter=trees).fit(known, flights["late"])
        late = model.predict_proba(unseen)[:, 1]
        scores = {
            "validation_log_loss": log_loss(validation["late"], late),
            "validation_auc": roc_auc_score(validation["late"], late),
        }
        workbench.log_metrics(scores, step=trees)
        print(f"{trees:4d} trees: " + "  ".join(f"{name} {value:.4f}" for name, value in scores.items()), flush=True)
    return make_pipeline(encoder, model)


def plot(truth: pd.Series, late: np.ndarray, auc: float):
    """ROC and calibration on the test days, side by side."""
    figure, (roc, calibration) = plt.subplots(1, 2, figsize=(10, 4.5))
    roc.plot(*roc_curve(truth, late)[:2])
    roc.plot([0, 1], [0, 1], linestyle=":", color="grey")
    roc.set(title=f"ROC, AUC {auc:.3f}", xlabel="false alarms", ylabel="late flights found")
    share, predicted = calibration_curve(truth, late, n_bins=10, strategy="quantile")
    calibration.plot(predicted, share, marker="o")
    calibration.plot([0, share.max()], [0, share.max()], linestyle=":", color="grey")
    calibration.set(title="Calibration", xlabel="predicted probability", ylabel="share that was late")
    return figure


def main() -> None:
    arguments = parse_arguments()
    workbench.log_params(vars(arguments))
    training, validation, test = split_by_day(load(arguments.package))
    print(f"{len(training):,} flights to learn from, {len(validation):,} to validate, {len(test):,} to test", flush=True)
    workbench.log_params({"features": len(CATEGORIES) + len(NUMBERS), "training_rows": len(training)})

    model = train(training, validation, arguments)

    late = model.predict_proba(test)[:, 1]
    auc = roc_auc_score(test["late"], late)
    workbench.log_metrics({"auc": auc, "log_loss": log_loss(test["late"], late)})
    workbench.log_image("test", plot(test["late"], late, auc))
    print(f"Test days: AUC {auc:.4f}")

    outputs = Path("outputs")
    outputs.mkdir(exist_ok=True)
    joblib.dump(model, outputs / "model.joblib")


if __name__ == "__main__":
    main()
