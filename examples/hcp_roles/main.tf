# Two roles for HCP Terraform's dynamic credentials: one reads and plans, the other also deploys.
# plan.json and deploy.json are the policies of docs/permissions.md.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  permissions = {
    plan  = ["plan"]
    apply = ["plan", "deploy"]
  }
  policies = {
    for name in toset(flatten(values(local.permissions))) : name => jsonencode(jsondecode(replace(replace(
      file("${path.module}/${name}.json"),
      "<account>", data.aws_caller_identity.current.account_id),
      "arn:aws:", "arn:${data.aws_partition.current.partition}:",
    )))
  }
  attachments = {
    for each in flatten([
      for phase, names in local.permissions : [for name in names : { phase = phase, name = name }]
    ]) : "${each.phase}-${each.name}" => each
  }
  oidc_provider_arn = coalesce(var.oidc_provider_arn, one(aws_iam_openid_connect_provider.hcp[*].arn))
}

resource "aws_iam_openid_connect_provider" "hcp" {
  count = var.oidc_provider_arn == null ? 1 : 0

  url            = "https://${var.hostname}"
  client_id_list = [var.audience]
}

# A run's token names its phase, so that a plan, of a pull request for example, never gets the other role.
resource "aws_iam_role" "phase" {
  for_each = local.permissions

  name = "${var.role_name_prefix}-${each.key}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "RunsOfTheseWorkspaces"
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = local.oidc_provider_arn }
      Condition = {
        StringEquals = { "${var.hostname}:aud" = var.audience }
        StringLike = {
          "${var.hostname}:sub" = "organization:${var.organization}:project:${var.project}:workspace:${var.workspace}:run_phase:${each.key}"
        }
      }
    }]
  })
}

resource "aws_iam_role_policy" "phase" {
  for_each = local.attachments

  name   = each.value.name
  role   = aws_iam_role.phase[each.value.phase].name
  policy = local.policies[each.value.name]
}
