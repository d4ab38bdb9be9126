"""Copies patch baselines into a bucket, and reads them back."""

import json
from typing import Any

import boto3

KEY = "baseline_overrides.json"


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Write the names of the baselines; answer with what the bucket holds then."""
    ssm, s3 = boto3.client("ssm"), boto3.client("s3")
    names = [ssm.get_patch_baseline(BaselineId=b)["Name"] for b in event["baselines"]]
    s3.put_object(Bucket=event["bucket"], Key=KEY, Body=json.dumps(names).encode())
    return {"names": json.load(s3.get_object(Bucket=event["bucket"], Key=KEY)["Body"])}
