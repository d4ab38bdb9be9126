# State Manager associations before and after: what differs, whether they install, reboot, or wait.
package patch_policy.associations

import data.patch_policy.changes
import rego.v1

functional := {
	"name", "association_name", "parameters", "schedule_expression", "apply_only_at_cron_interval",
	"targets", "instance_id", "automation_target_parameter_name", "max_concurrency", "max_errors",
	"document_version", "sync_compliance", "compliance_severity", "output_location", "calendar_names",
	"wait_for_success_timeout_seconds",
}

without_targets := ["-NameTagRemediation-", "-EnableExplorer-", "-BaselineRemediation-"]

all := changes.of_type({"aws_ssm_association"})

# One that is destroyed here and created there under its name is the same one, made anew.
gone[name] := each if {
	some each in all
	each.change.actions == ["delete"]
	name := each.change.before.association_name
	count([1 | some other in all; other.change.actions == ["delete"]; other.change.before.association_name == name]) == 1
}

made[name] := each if {
	some each in all
	each.change.actions == ["create"]
	name := each.change.after.association_name
	count([1 | some other in all; other.change.actions == ["create"]; other.change.after.association_name == name]) == 1
}

moved[each.address] := gone[name] if some name, each in made

absorbed := {old.address | some old in moved}

# Each association after the apply, with the resource that holds what it was before.
pairs := [{"now": each, "old": object.get(moved, each.address, each)} |
	some each in all
	not each.address in absorbed
]

has_before(pair) if changes.before(pair.old) != {}

has_after(pair) if changes.after(pair.now) != {}

is_new(pair) if pair.old.address != pair.now.address

is_new(pair) if changes.replaced(pair.now)

differences(pair) := {name |
	has_before(pair)
	has_after(pair)
	some name in functional
	changes.differs(pair.now, pair.old, pair.now, name)
	not targets_of_its_own(pair.now, name)
}

# What AWS reports as the targets of an association that has none.
targets_of_its_own(each, "targets") if {
	changes.unknown(each, "targets")
	some part in without_targets
	contains(each.change.after.association_name, part)
}

touched(pair) if count(differences(pair)) > 0

touched(pair) if is_new(pair)

touched(pair) if not has_before(pair)

# Sides: an association before, and one after, as far as the configuration or the state has it.
side_before(pair) := {"each": pair.old, "at": changes.before(pair.old), "unknown": {}, "sensitive": object.get(pair.old.change, "before_sensitive", {})}

side_after(pair) := {
	"each": pair.now,
	"at": changes.after(pair.now),
	"unknown": {name: mark |
		some name in object.keys(object.get(pair.now.change, "after_unknown", {}))
		not changes.computed(pair.now, name)
		mark := pair.now.change.after_unknown[name]
	},
	"sensitive": object.get(pair.now.change, "after_sensitive", {}),
}

hidden(side, name) if side.unknown[name] == true

hidden(side, name) if side.sensitive[name] == true

parameter_hidden(side, _) if hidden(side, "parameters")

parameter_hidden(side, key) if side.unknown.parameters[key] == true

parameter_hidden(side, key) if side.sensitive.parameters[key] == true

# AWS's documents that install where a parameter says so, and those that always do.
operation := {
	"AWS-RunPatchBaseline": "Operation",
	"AWS-RunPatchBaselineAssociation": "Operation",
	"AWS-RunPatchBaselineWithHooks": "Operation",
	"AWS-ApplyPatchBaseline": "Operation",
	"AWS-InstallWindowsUpdates": "Action",
}

always := {"AWS-PatchAsgInstance", "AWS-PatchInstanceWithRollback", "AWS-InstallMissingWindowsUpdates"}

# The parameter that forbids reboots, and how; the others reboot whatever they are told.
without_reboot := {
	"AWS-RunPatchBaseline": ["RebootOption", "NoReboot"],
	"AWS-RunPatchBaselineAssociation": ["RebootOption", "NoReboot"],
	"AWS-RunPatchBaselineWithHooks": ["RebootOption", "NoReboot"],
	"AWS-InstallWindowsUpdates": ["AllowReboot", "False"],
}

installs(side) if side.at.name in always

installs(side) if side.at.parameters[operation[side.at.name]] == "Install"

installs(side) if parameter_hidden(side, operation[side.at.name])

# Reboots are each document's own default.
reboots(side) if {
	installs(side)
	not stays_up(side)
}

stays_up(side) if {
	[parameter, value] := without_reboot[side.at.name]
	not parameter_hidden(side, parameter)
	side.at.parameters[parameter] == value
}

installed_before(pair) if {
	has_before(pair)
	installs(side_before(pair))
}

rebooted_before(pair) if {
	has_before(pair)
	reboots(side_before(pair))
}

# Waiting is known and is so; a rate never waits.
waits(side) if {
	not hidden(side, "schedule_expression")
	not hidden(side, "apply_only_at_cron_interval")
	side.at.apply_only_at_cron_interval == true
	side.at.schedule_expression != ""
	not startswith(side.at.schedule_expression, "rate(")
}
