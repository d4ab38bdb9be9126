# A patch policy in small, by hand: what a deploy of one asks of the embedded AWS.
# Nothing here says where AWS is: the environment does, as for a real account.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  default_tags {
    tags = { Team = "platform" }
  }
}

variable "schedule" {
  type    = string
  default = "rate(1 day)"
}

variable "simple_schedule" {
  type    = string
  default = "rate(1 day)"
}

variable "function_name" {
  type    = string
  default = "round-trip"
}

variable "function_zip" {
  type = string
}

variable "document_description" {
  type    = string
  default = "first"
}

data "aws_caller_identity" "current" {}

data "aws_ssm_patch_baselines" "predefined" {
  filter {
    key    = "OWNER"
    values = ["AWS"]
  }
}

locals {
  account = data.aws_caller_identity.current.account_id
  bucket  = "round-trip-${local.account}"
}

resource "aws_s3_bucket" "logs" {
  bucket        = "${local.bucket}-logs"
  force_destroy = true
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "DenyInsecureTransport"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = ["arn:aws:s3:::${local.bucket}-logs", "arn:aws:s3:::${local.bucket}-logs/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      {
        Effect    = "Allow"
        Principal = { Service = "logging.s3.amazonaws.com" }
        Action    = "s3:PutObject"
        Resource  = "arn:aws:s3:::${local.bucket}-logs/*"
        Condition = {
          ArnLike      = { "aws:SourceArn" = "arn:aws:s3:::${local.bucket}" }
          StringEquals = { "aws:SourceAccount" = local.account }
        }
      },
    ]
  })
}

resource "aws_s3_bucket" "baselines" {
  bucket        = local.bucket
  force_destroy = true
}

resource "aws_s3_bucket_versioning" "baselines" {
  bucket = aws_s3_bucket.baselines.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "baselines" {
  bucket = aws_s3_bucket.baselines.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "baselines" {
  bucket                  = aws_s3_bucket.baselines.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "baselines" {
  bucket = aws_s3_bucket.baselines.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_logging" "baselines" {
  bucket        = aws_s3_bucket.baselines.id
  target_bucket = aws_s3_bucket.logs.id
  target_prefix = ""
  depends_on    = [aws_s3_bucket_policy.logs]
}

resource "aws_s3_bucket_policy" "baselines" {
  bucket = aws_s3_bucket.baselines.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "DenyAllButPrincipalsWithTag"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        Action    = "s3:GetObject"
        Resource  = "arn:aws:s3:::${local.bucket}/baseline_overrides.json"
        Condition = { StringNotEquals = { "aws:PrincipalTag/QSConfigId-a1b2c" = "a1b2c" } }
      },
      {
        Sid       = "Target"
        Effect    = "Allow"
        Principal = { AWS = local.account }
        Action    = "s3:GetObject"
        Resource  = "arn:aws:s3:::${local.bucket}/baseline_overrides.json"
      },
    ]
  })
}

resource "aws_iam_role" "function" {
  name = "round-trip-function"
  tags = { "QSConfigId-a1b2c" = "a1b2c" }
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_iam_role_policy" "function" {
  role = aws_iam_role.function.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:PutObject", "s3:GetObject"]
        Resource = "arn:aws:s3:::${local.bucket}/*"
      },
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.function.arn}:*"
      },
      { Effect = "Allow", Action = "ssm:GetPatchBaseline", Resource = "*" },
    ]
  })
}

resource "aws_cloudwatch_log_group" "function" {
  name              = "/aws/lambda/${var.function_name}"
  retention_in_days = 30
}

resource "aws_lambda_function" "function" {
  function_name    = var.function_name
  role             = aws_iam_role.function.arn
  runtime          = "python3.13"
  handler          = "main.handler"
  timeout          = 60
  filename         = var.function_zip
  source_code_hash = filebase64sha256(var.function_zip)
}

resource "aws_lambda_invocation" "function" {
  function_name = aws_lambda_function.function.function_name
  input = jsonencode({
    bucket    = local.bucket
    baselines = [for b in data.aws_ssm_patch_baselines.predefined.baseline_identities : b.baseline_id]
  })
  depends_on = [
    aws_cloudwatch_log_group.function,
    aws_iam_role_policy.function,
    aws_s3_bucket_logging.baselines,
    aws_s3_bucket_policy.baselines,
    aws_s3_bucket_versioning.baselines,
  ]
}

resource "aws_ssm_document" "runbook" {
  name            = "AWSQuickSetup-RoundTrip-a1b2c"
  document_type   = "Automation"
  document_format = "JSON"
  target_type     = "/AWS::EC2::Instance"
  content = jsonencode({
    schemaVersion = "0.3"
    description   = var.document_description
    assumeRole    = "{{ AutomationAssumeRole }}"
    parameters = {
      AutomationAssumeRole = { type = "String" }
      InstanceId           = { type = "String" }
    }
    mainSteps = [{ name = "wait", action = "aws:sleep", inputs = { Duration = "PT1S" } }]
  })
}

resource "aws_ssm_document" "simple" {
  name            = "AWSQuickSetup-RoundTripSimple-a1b2c"
  document_type   = "Automation"
  document_format = "YAML"
  content         = <<-EOT
    schemaVersion: "0.3"
    description: "${var.document_description}"
    mainSteps:
      - name: wait
        action: aws:sleep
        inputs: {Duration: PT1S}
  EOT
}

resource "aws_ssm_association" "runbook" {
  for_each                         = toset(["AttachEc2", "AttachHybrid", "NameTag"])
  association_name                 = "RoundTrip-${each.key}"
  name                             = aws_ssm_document.runbook.name
  automation_target_parameter_name = "InstanceId"
  schedule_expression              = var.schedule
  parameters                       = { AutomationAssumeRole = aws_iam_role.function.arn }
  targets {
    key    = "tag:Env"
    values = ["prod"]
  }
}

resource "aws_ssm_association" "simple" {
  association_name    = "RoundTrip-Simple"
  name                = aws_ssm_document.simple.name
  schedule_expression = var.simple_schedule
}

resource "aws_ssm_association" "refresh" {
  association_name            = "RoundTrip-Refresh"
  name                        = aws_ssm_document.simple.name
  schedule_expression         = "cron(0 0/1 * * ? *)"
  apply_only_at_cron_interval = true
}

resource "aws_ssm_association" "explorer" {
  association_name = "RoundTrip-Explorer"
  name             = "AWS-EnableExplorer"
  parameters = {
    AutomationAssumeRole = aws_iam_role.function.arn
    OpsDataSources       = "Association,EC2,ssm-patchmanager"
  }
}

resource "aws_ssm_association" "patching" {
  for_each            = { Scan = "cron(0 1 * * ? *)", Install = "cron(0 2 ? * SUN *)" }
  association_name    = "RoundTrip-${each.key}"
  name                = "AWS-RunPatchBaseline"
  schedule_expression = each.value
  max_concurrency     = "10%"
  max_errors          = "2%"
  sync_compliance     = "MANUAL"
  parameters = {
    Operation        = each.key
    RebootOption     = "NoReboot"
    BaselineOverride = "s3://${local.bucket}/baseline_overrides.json"
  }
  targets {
    key    = "tag:Env"
    values = ["prod"]
  }
  depends_on = [aws_lambda_invocation.function]
}
