"""Copies patch baselines into a bucket, and reads them back."""

import json

import boto3


def handler(event: dict[str, object], _context: object) -> dict[str, object]:
    """Write the names of the baselines; answer with what the bucket holds then."""
    ssm, s3 = boto3.client("ssm"), boto3.client("s3")
    names = [ssm.get_patch_baseline(BaselineId=b)["Name"] for b in event["baselines"]]
    where = {"Bucket": event["bucket"], "Key": "baseline_overrides.json"}
    s3.put_object(Body=json.dumps(names), **where)
    return {"names": json.load(s3.get_object(**where)["Body"])}
