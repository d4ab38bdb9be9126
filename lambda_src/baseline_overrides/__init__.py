"""The AWS Lambda function that copies the chosen patch baselines to where nodes read them.

The nodes of a patch policy are scanned and patched by `baseline_overrides.json`, an object in the
policy's own bucket. This function reads the chosen baselines from Patch Manager and writes that
object. The bucket, its policy and its settings are Terraform's.

`Create`, `Update`: a chosen baseline that is missing is an error, before anything is written.
    Missing permissions, and a missing bucket, are waited out for up to a minute: a role or a bucket
    that was just created is not yet seen everywhere.
`Remediate`: every hour, without waiting. Where a baseline is missing the others are written, and
    then it is an error. Where all are missing the object stays as it is, as an empty one would fail
    every node.
`Delete`: removes every version and every delete marker of the object.

An unchanged object is not written again. A run that failed, or was cut off at any point, is
repaired by the next one. The selection's other keys (label, description, disabled) are the
console's, and change nothing here.

The role needs these actions, and no others:

    ssm:GetPatchBaseline      patch baselines of any account, as AWS's own are in accounts of AWS
    s3:GetObject              the object, to compare; the bucket's policy wants the role's tag
    s3:PutObject              the object
    s3:ListBucket             the bucket: without it, a missing object is 403 and not 404
    s3:ListBucketVersions     the bucket, for Delete
    s3:DeleteObjectVersion    the object, for Delete
    logs:CreateLogStream, logs:PutLogEvents    the function's log group
"""
