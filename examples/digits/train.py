"""Trains a classifier of handwritten digits and writes it as plain arrays.

The data set comes with scikit-learn, so a run needs no network. The model is
written as NumPy arrays and JSON: nothing in it runs when it is loaded.
"""

import argparse
import json
import pathlib
import re

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler


def bounded_int(low, high):
    """Returns a parser of whole numbers between low and high, both included."""

    def parse(text):
        if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"expected a whole number from {low} to {high}")
        return int(text)

    return parse


def directory_name(text):
    """Accepts one plain directory name beneath the workspace."""
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,31}", text):
        raise argparse.ArgumentTypeError("expected a plain directory name")
    return pathlib.Path(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--iterations", type=bounded_int(1, 1000), default=200)
    parser.add_argument("--seed", type=bounded_int(0, 2**31 - 1), default=7)
    parser.add_argument("--out", type=directory_name, default=pathlib.Path("model"))
    arguments = parser.parse_args()

    digits = load_digits()
    train_x, test_x, train_y, test_y = train_test_split(
        digits.data, digits.target, test_size=0.25, random_state=arguments.seed, stratify=digits.target
    )
    scaler = StandardScaler().fit(train_x)
    model = LogisticRegression(max_iter=arguments.iterations)
    model.fit(scaler.transform(train_x), train_y)
    accuracy = model.score(scaler.transform(test_x), test_y)

    arguments.out.mkdir(exist_ok=True)
    np.savez(
        arguments.out / "weights.npz",
        mean=scaler.mean_,
        scale=scaler.scale_,
        coefficients=model.coef_,
        intercept=model.intercept_,
        classes=model.classes_,
    )
    card = {
        "data": "scikit-learn digits",
        "iterations": arguments.iterations,
        "seed": arguments.seed,
        "accuracy": round(float(accuracy), 4),
    }
    (arguments.out / "card.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    print(f"accuracy {accuracy:.3f} on {len(test_y)} held-out digits")


if __name__ == "__main__":
    main()
