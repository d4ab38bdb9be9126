# What is made anew loses what it had: an association its history and compliance, a bucket its
# content, a role what runbooks attached to it.
package patch_policy.replacement

import data.patch_policy.associations
import data.patch_policy.changes
import rego.v1

deny contains message if {
	some each in input.plan.resource_changes
	object.get(each, "mode", "managed") == "managed"
	changes.replaced(each)
	message := sprintf("%s: it is replaced", [each.address])
}

deny contains message if {
	some address, old in associations.moved
	message := sprintf("%s: it is made anew, after %s is destroyed", [address, old.address])
}
