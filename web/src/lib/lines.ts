// The lines for a terminal or notebook that pages show.
export const loginLine = (lab: string): string => `mllab login ${lab}`;

export const uploadLine = (project: string): string => `mllab dataset upload news.csv ./news.csv --project ${project}`;

export const deployLine = (project: string): string =>
  `mllab service deploy hello --project ${project} --port 8000 --command "python -m http.server 8000"`;

export const logLines = (project: string, lab: string): string =>
  [
    "import os, mlflow  # the token: mllab token create, or the page of your account",
    `os.environ["MLFLOW_TRACKING_URI"] = "${lab}/api/projects/${project}/mlflow"`,
    'os.environ["MLFLOW_TRACKING_TOKEN"] = "lab_..."',
    "with mlflow.start_run():",
    '    mlflow.log_metric("accuracy", 0.96)',
  ].join("\n");

export const pythonLines = (project: string): string =>
  [
    "from mllab import Lab",
    "",
    "lab = Lab()  # as signed in by mllab login, or inside a workload",
    `news = lab.project("${project}").datasets`,
    'news.upload("news.csv", "./news.csv")',
    'news.download("news.csv", "./copy.csv")',
  ].join("\n");
