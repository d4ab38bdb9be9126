# A patch policy as a platform team might write it, small enough to be applied in seconds.
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "id" {
  type = string
}

variable "policy" {
  type = object({
    name             = optional(string, "production")
    install          = optional(bool, true)
    scan_schedule    = optional(string, "cron(0 1 * * ? *)")
    scan_wait        = optional(bool, false)
    install_schedule = optional(string, "cron(0 2 ? * SUN *)")
    install_wait     = optional(bool, true)
    reboot           = optional(string, "NoReboot")
    targets          = optional(list(object({ key = string, values = list(string) })), [{ key = "tag:Env", values = ["prod"] }])
    max_concurrency  = optional(string, "10%")
    max_errors       = optional(string, "2%")
    sync_compliance  = optional(string)
    output_bucket    = optional(string)
    overrides        = optional(string, "s3://aws-quicksetup-patchpolicy-123456789012-a1b2c/baseline_overrides.json")
    document         = optional(string, "one")
    indented         = optional(bool, false)
    tags             = optional(map(string), {})
    actions          = optional(list(string), ["iam:GetRole"])
    resource         = optional(string, "arn:aws:iam::123456789012:role/*")
    deny             = optional(bool, true)
    trusted          = optional(list(string), ["ssm.amazonaws.com"])
    trust_condition  = optional(bool, true)
    reader           = optional(string, "arn:aws:iam::123456789012:root")
    role_name        = optional(string, "AWS-QuickSetup-AutomationRole-ap-northeast-1")
    role_tags        = optional(list(string))
    node_policies    = optional(list(string), ["AmazonSSMManagedInstanceCore"])
    bucket_suffix    = optional(string, "")
    public_blocked   = optional(bool, true)
    versioning       = optional(string, "Enabled")
    rejected         = optional(list(string), [])
  })
}

locals {
  runbook = {
    schemaVersion = "0.3"
    description   = "Sets name tags"
    assumeRole    = "{{ AutomationAssumeRole }}"
    parameters = {
      AutomationAssumeRole = { type = "String" }
      InstanceId           = { type = "String", default = "" }
      NameValue            = { type = "String", default = "" }
    }
    mainSteps = [
      {
        name   = "Wait"
        action = "aws:sleep"
        inputs = { Duration = var.policy.document == "one" ? "PT1S" : "PT2S" }
      },
    ]
  }
  trust = {
    Version = "2012-10-17"
    Statement = [
      merge(
        {
          Sid       = "Automation"
          Effect    = "Allow"
          Principal = { Service = var.policy.trusted }
          Action    = "sts:AssumeRole"
        },
        var.policy.trust_condition ? { Condition = { StringEquals = { "aws:SourceAccount" = "123456789012" } } } : {},
      ),
    ]
  }
}

resource "aws_ssm_document" "name_tags" {
  name            = "AWSQuickSetup-NameTags-${var.id}"
  document_type   = "Automation"
  document_format = "JSON"
  content         = var.policy.indented ? "  ${jsonencode(local.runbook)}\n" : jsonencode(local.runbook)
  tags            = var.policy.tags
}

resource "aws_ssm_association" "scan" {
  name                        = "AWS-RunPatchBaseline"
  association_name            = "AWS-QuickSetup-PatchPolicy-ScanForPatches-LA-${var.id}"
  schedule_expression         = var.policy.scan_schedule
  apply_only_at_cron_interval = var.policy.scan_wait
  max_concurrency             = var.policy.max_concurrency
  max_errors                  = var.policy.max_errors
  sync_compliance             = var.policy.sync_compliance
  tags                        = var.policy.tags
  parameters = {
    Operation        = "Scan"
    RebootOption     = "NoReboot"
    BaselineOverride = var.policy.overrides
  }
  dynamic "targets" {
    for_each = var.policy.targets
    content {
      key    = targets.value.key
      values = targets.value.values
    }
  }
}

resource "aws_ssm_association" "install" {
  count                       = var.policy.install ? 1 : 0
  name                        = "AWS-RunPatchBaseline"
  association_name            = "AWS-QuickSetup-PatchPolicy-InstallPatches-LA-${var.id}"
  schedule_expression         = var.policy.install_schedule
  apply_only_at_cron_interval = var.policy.install_wait
  max_concurrency             = var.policy.max_concurrency
  max_errors                  = var.policy.max_errors
  sync_compliance             = var.policy.sync_compliance
  tags                        = var.policy.tags
  parameters = {
    Operation        = "Install"
    RebootOption     = var.policy.reboot
    BaselineOverride = var.policy.overrides
  }
  dynamic "targets" {
    for_each = var.policy.targets
    content {
      key    = targets.value.key
      values = targets.value.values
    }
  }
  dynamic "output_location" {
    for_each = var.policy.output_bucket == null ? [] : [var.policy.output_bucket]
    content {
      s3_bucket_name = output_location.value
    }
  }
}

resource "aws_ssm_association" "remediation" {
  name                = aws_ssm_document.name_tags.name
  association_name    = "AWS-QuickSetup-PatchPolicy-NameTagRemediation-${var.id}"
  schedule_expression = "rate(1 day)"
  parameters = {
    AutomationAssumeRole = "arn:aws:iam::123456789012:role/${var.policy.role_name}-${var.id}"
    NameValue            = var.policy.name
  }
}

resource "aws_iam_role" "automation" {
  name               = "${var.policy.role_name}-${var.id}"
  assume_role_policy = jsonencode(local.trust)
}

resource "aws_iam_role_policy" "automation" {
  name = "AWS-QuickSetup-AutomationPolicy-${var.id}"
  role = aws_iam_role.automation.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{ Sid = "Read", Effect = "Allow", Action = var.policy.actions, Resource = var.policy.resource }],
      var.policy.deny ? [{ Sid = "Never", Effect = "Deny", Action = ["iam:TagRole"], Resource = "*" }] : [],
    )
  })
}

resource "aws_iam_role" "nodes" {
  name = "Nodes-${var.id}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
  tags = { for id in coalesce(var.policy.role_tags, [var.id]) : "QSConfigId-${id}" => id }
}

resource "aws_iam_role_policy_attachment" "nodes" {
  for_each   = toset(var.policy.node_policies)
  role       = aws_iam_role.nodes.name
  policy_arn = "arn:aws:iam::aws:policy/${each.key}"
}

resource "aws_s3_bucket" "store" {
  bucket        = "aws-quicksetup-patchpolicy-123456789012-${var.id}${var.policy.bucket_suffix}"
  force_destroy = true
}

resource "aws_s3_bucket_public_access_block" "store" {
  bucket                  = aws_s3_bucket.store.bucket
  block_public_acls       = var.policy.public_blocked
  block_public_policy     = var.policy.public_blocked
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "store" {
  bucket = aws_s3_bucket.store.bucket
  versioning_configuration {
    status = var.policy.versioning
  }
}

resource "aws_s3_bucket_policy" "store" {
  bucket = aws_s3_bucket.store.bucket
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Target"
      Effect    = "Allow"
      Principal = { AWS = var.policy.reader }
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::aws-quicksetup-patchpolicy-123456789012-${var.id}${var.policy.bucket_suffix}/baseline_overrides.json"
    }]
  })
  depends_on = [aws_s3_bucket_public_access_block.store]
}

resource "aws_ssm_patch_baseline" "custom" {
  name             = "custom-${var.id}"
  operating_system = "AMAZON_LINUX_2023"
  rejected_patches = var.policy.rejected
  approval_rule {
    approve_after_days = 7
    patch_filter {
      key    = "CLASSIFICATION"
      values = ["Security"]
    }
  }
}
