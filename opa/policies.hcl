# A policy set of HCP Terraform, OPA kind: point its path at this folder. Rego v1; the version of OPA is the set's.

policy "runs-on-apply" {
  query             = "data.patch_policy.runs_on_apply.deny"
  enforcement_level = "advisory"
  description       = "The apply itself starts an association"
}

policy "install-added-or-widened" {
  query             = "data.patch_policy.install.deny"
  enforcement_level = "mandatory"
  description       = "Patches are installed where they were not"
}

policy "reboot-added" {
  query             = "data.patch_policy.reboot.deny"
  enforcement_level = "mandatory"
  description       = "Nodes are rebooted where they were not"
}

policy "wildcard-permission" {
  query             = "data.patch_policy.wildcard.deny"
  enforcement_level = "mandatory"
  description       = "A permission covers every action, or everybody"
}

policy "replacement" {
  query             = "data.patch_policy.replacement.deny"
  enforcement_level = "advisory"
  description       = "A resource is made anew, and loses what it had"
}
