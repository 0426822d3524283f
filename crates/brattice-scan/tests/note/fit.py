import argparse
import re


def dataset(path):
    """Accepts a place below the data sets only."""
    if not re.match(r"^s3://example-datasets/[a-z0-9_-]+/?$", path):
        raise ValueError(f"not a data set: {path}")
    return path


parser = argparse.ArgumentParser()
parser.add_argument("--data", type=dataset, required=True)
parser.add_argument("--rounds", type=int, choices=range(1, 51), required=True)
arguments = parser.parse_args()
fit(arguments.data, arguments.rounds)
