variable "organization" {
  description = "The organization in HCP Terraform."
  type        = string
  nullable    = false
}

variable "project" {
  description = "The project of the workspaces."
  type        = string
  default     = "Default Project"
  nullable    = false
}

variable "workspace" {
  description = "The name of the workspaces. `*` stands for any characters."
  type        = string
  default     = "patch-policy-*"
  nullable    = false

  validation {
    condition     = var.workspace != "*"
    error_message = "Found every workspace of the project; expected a name, or the beginning of one."
  }
}

variable "hostname" {
  description = "HCP Terraform's host, or Terraform Enterprise's."
  type        = string
  default     = "app.terraform.io"
  nullable    = false
}

variable "audience" {
  description = "What the tokens are for: TFC_AWS_WORKLOAD_IDENTITY_AUDIENCE, where that is set."
  type        = string
  default     = "aws.workload.identity"
  nullable    = false
}

variable "oidc_provider_arn" {
  description = "The identity provider of that host, where the account has it. Null: it is made."
  type        = string
  default     = null
}

variable "role_name_prefix" {
  description = "What the names of the two roles begin with."
  type        = string
  default     = "hcp-terraform-patch-policy"
  nullable    = false
}
