output "variables" {
  description = "Environment variables of the workspaces, or of a variable set that they share."
  value = {
    TFC_AWS_PROVIDER_AUTH  = "true"
    TFC_AWS_PLAN_ROLE_ARN  = aws_iam_role.phase["plan"].arn
    TFC_AWS_APPLY_ROLE_ARN = aws_iam_role.phase["apply"].arn
  }
}
