#!/bin/bash
# The walk by the command line: from data to a served model, then everything is gone.
#
#   LAB_ADMIN_PASSWORD=... examples/walk/walk.sh http://localhost:8080
#
# Each step checks what it claims. `walk.py` does the same by the Python client.
set -euo pipefail
lab=${1:-http://localhost:8080}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
unset LAB_ENDPOINT LAB_API_TOKEN
export LAB_PROJECT=wine

step() { printf '\n== %s\n' "$*"; }
as() { # as USER COMMAND...: the command line of that user, with sign-ins kept apart
    local user=$1
    shift
    XDG_CONFIG_HOME="$work/$user" mllab "$@"
}
field() { python3 -c 'import json, sys; v = json.load(sys.stdin)
for key in sys.argv[1].split("."): v = v[int(key)] if key.isdigit() else v[key]
print(v)' "$1"; }
status_of() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
expect() { [ "$1" = "$2" ] || { echo "expected '$2', got '$1'" >&2; exit 1; }; }

step "The admin creates ann, ben and cy"
printf '%s' "$LAB_ADMIN_PASSWORD" | as admin login "$lab" --username admin --password-stdin
for user in ann ben cy; do
    printf '%s' "$user has a password" | as admin user create "$user" --password-stdin
    printf '%s' "$user has a password" | as "$user" login "$lab" --username "$user" --password-stdin
done

step "ann creates a project, adds ben, and uploads two versions of the data"
python3 "$here/data.py" .
as ann project create wine --title "Which cultivar?"
as ann project add-member wine ben --role editor
as ann dataset upload wine.csv wine_v1.csv
as ann dataset upload wine.csv wine_v2.csv
as ann dataset versions wine.csv
for version in 1 2; do
    as ben dataset download wine.csv "copy$version.csv" --version "$version"
    cmp "copy$version.csv" "wine_v$version.csv"
done

step "ann opens the workspace and a cell reads the dataset"
as ann workspace start --wait
ann_token=$(as ann token create notebook --json | field secret)
LAB_API_TOKEN=$ann_token python3 "$here/cell.py" "$lab" ann > cell.txt <<'CELL'
from mllab import Lab
with Lab().project("wine").datasets.open("wine.csv") as file:
    print(len(file.read().splitlines()), "lines")
CELL
cat cell.txt
expect "$(cat cell.txt)" "179 lines"

step "ben trains a model in a job and follows its log"
as ben job run train --code "$here/train" --command "python train.py" \
    --requirements-file "$here/train/requirements.txt" --follow
code=0
as ben job run failing --command "echo no luck; exit 3" --follow || code=$?
expect "$code" 3
expect "$(as ben job runs failing --json | field 0.status.state)" failed

step "ann sees the run, its metrics and the registered model"
as ann experiment runs wine --filter "metrics.accuracy > 0.9"
as ann experiment model wine

step "ann deploys the model; a service token opens it and nothing else"
as ann service deploy wine-api --model wine --version 1 --wait
key=$(as ann token create caller --project wine --service wine-api --json | field secret)
python3 - "$here" > rows.json <<'ROWS'
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import data
names, rows, classes = data.sample(Path("wine_v2.csv"))
Path("classes.json").write_text(json.dumps({"predictions": classes}))
print(json.dumps({"dataframe_split": {"columns": names, "data": rows}}))
ROWS
url="$lab/projects/wine/services/wine-api/invocations"
json=(-H "Content-Type: application/json" --data @rows.json)
curl -sf -H "Authorization: Bearer $key" "${json[@]}" "$url" | tee answer.json
echo
expect "$(field predictions < answer.json)" "$(field predictions < classes.json)"
expect "$(status_of "${json[@]}" "$url")" 401
cy_token=$(as cy token create stranger --json | field secret)
expect "$(status_of -H "Authorization: Bearer $cy_token" "${json[@]}" "$url")" 404

step "Everything is stopped and deleted"
as ann workspace stop
as ann project delete wine --yes
for user in ann ben cy; do as admin user delete "$user" --yes; done
as admin logout
printf '\nDone.\n'
