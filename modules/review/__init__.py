"""Reviews Terraform plans of patch policies: who gets patched, when, and with which reboot.

Read (`plan_source`, `plan`) -> model -> rules -> report -> render. Nothing here imports CDKTF.
"""
