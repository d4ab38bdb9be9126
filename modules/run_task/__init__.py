"""The run task of HCP Terraform: reviews a run's plan, and answers inside the run."""
