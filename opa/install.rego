# Patches are installed where they were not: an association begins to install, or one that installs
# reaches nodes that it did not. Maintenance windows are left to the reviewer.
package patch_policy.install

import data.patch_policy.associations
import rego.v1

deny contains message if {
	some pair in associations.pairs
	associations.has_after(pair)
	associations.touched(pair)
	associations.installs(associations.side_after(pair))
	not associations.installed_before(pair)
	message := sprintf("%s: patches are installed where they were not", [pair.now.address])
}

deny contains message if {
	some pair in associations.pairs
	count(associations.differences(pair)) > 0
	after := associations.side_after(pair)
	associations.installs(after)
	readable(after)
	readable(associations.side_before(pair))
	reaches_more(targets(associations.side_before(pair)), targets(after))
	message := sprintf("%s: it installs patches on further nodes", [pair.now.address])
}

readable(side) if not any_mark(object.get(side.unknown, "targets", false), object.get(side.sensitive, "targets", false))

any_mark(unknown, _) if marked(unknown)

any_mark(_, sensitive) if marked(sensitive)

marked(mask) if {
	walk(mask, [_, leaf])
	leaf == true
}

# Values by key, in one form for Command and Automation documents.
targets(side) := {key: values |
	some block in blocks(side)
	block.key != "aws:NoOpAutomationTag"
	key := object.get(names, block.key, block.key)
	values := {each | some each in block.values}
	not everybody(block)
}

blocks(side) := side.at.targets if count(side.at.targets) > 0

else := [{"key": "InstanceIds", "values": [side.at.instance_id]}] if side.at.instance_id != ""

else := []

names := {
	"InstanceIds": "ids", "ParameterValues": "ids",
	"resource-groups:Name": "resource group", "ResourceGroup": "resource group",
}

everybody(block) if {
	block.key in {"InstanceIds", "ParameterValues"}
	block.values == ["*"]
}

reaches_more(old, new) if {
	old != new
	not contained(new, old)
}

# Whether every node that fits all keys of `inner` fits all of `outer`.
contained(inner, outer) if {
	every key, values in outer {
		key_holds(key, values, inner)
	}
}

key_holds("tag-key", values, inner) if {
	some each in values
	inner[concat("", ["tag:", each])]
}

key_holds(key, values, inner) if {
	inner[key]
	count(inner[key] - values) == 0
}
