"""Trains a classifier on version 2 of wine.csv and registers it; runs as a job.

Nothing here is special to the lab: the data comes with its Python client, the rest is the
unmodified `mlflow` package. Both find the lab and their token in the environment.
"""

import os
import sys
import warnings

import mlflow
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mllab import Lab

warnings.filterwarnings("ignore", "Hint: Inferred schema contains integer")  # a class is one

project = Lab().project(os.environ["LAB_PROJECT"])
data = project.datasets.download("wine.csv", "wine.csv", version=2)
wine = pd.read_csv(data).astype(float)
rows, classes = wine.drop(columns="cultivar"), wine["cultivar"].astype(int)
train_rows, test_rows, train_classes, test_classes = train_test_split(
    rows, classes, test_size=0.3, random_state=7, stratify=classes
)
strength = float(os.environ.get("STRENGTH", "1.0"))
print(f"training on {len(train_rows)} of {len(rows)} rows", flush=True)

mlflow.set_experiment("wine")
with mlflow.start_run(run_name="logistic"):
    model = make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=1000))
    model.fit(train_rows, train_classes)
    guessed = model.predict(test_rows)
    accuracy = float(accuracy_score(test_classes, guessed))
    mlflow.log_params({"model": "logistic regression", "C": strength, "dataset": "wine.csv.v2"})
    mlflow.log_metrics(
        {"accuracy": accuracy, "f1": float(f1_score(test_classes, guessed, average="macro"))}
    )
    mlflow.sklearn.log_model(
        model, name="model", registered_model_name="wine", input_example=test_rows.head(2)
    )
print(f"accuracy {accuracy:.3f}", flush=True)
sys.exit(0 if accuracy > 0.9 else 1)
