#!/bin/sh
# An API-driven run in HCP Terraform that only plans: hcp_api_run.sh WORKSPACE_ID FOLDER
# Prints the run's ID; with jq and curl. TFE_TOKEN has the token; TFE_ADDRESS is for Terraform Enterprise.
set -eu
workspace=$1 folder=$2
api="${TFE_ADDRESS:-https://app.terraform.io}/api/v2"

# The token is read from standard input: arguments are for everybody on the machine to see.
call() {
  printf 'header = "Authorization: Bearer %s"\n' "$TFE_TOKEN" |
    curl --silent --show-error --fail --config - --header 'Content-Type: application/vnd.api+json' "$@"
}

version=$(call "$api/workspaces/$workspace/configuration-versions" --data \
  '{"data": {"type": "configuration-versions", "attributes": {"auto-queue-runs": false, "speculative": true}}}')
id=$(printf '%s' "$version" | jq --raw-output .data.id)

# What Terraform itself would leave out; .terraformignore is for uploads that Terraform makes.
tar --create --gzip --directory "$folder" --exclude .git --exclude .terraform --exclude plan \
  --exclude '*.tfplan' --exclude '*.tfstate*' --exclude '.env*' . |
  curl --silent --show-error --fail --upload-file - \
    "$(printf '%s' "$version" | jq --raw-output '.data.attributes["upload-url"]')"
until call "$api/configuration-versions/$id" | jq --exit-status '.data.attributes.status == "uploaded"' >/dev/null; do
  sleep 1
done

call "$api/runs" --data "$(jq --null-input --arg version "$id" --arg workspace "$workspace" '{data: {
  type: "runs", attributes: {message: "Plan review"}, relationships: {
    workspace: {data: {type: "workspaces", id: $workspace}},
    "configuration-version": {data: {type: "configuration-versions", id: $version}}}}}')" |
  jq --raw-output .data.id
