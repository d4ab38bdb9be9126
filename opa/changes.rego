# What the plan changes: values that are not known or not to be shown are `hidden`, never compared.
package patch_policy.changes

import rego.v1

replace := {["delete", "create"], ["create", "delete"], ["create", "forget"]}

of_type(types) := [each |
	some each in input.plan.resource_changes
	each.type in types
	object.get(each, "mode", "managed") == "managed"
	not each.deposed
]

replaced(each) if each.change.actions in replace

updated(each) if each.change.actions == ["update"]

before(each) := each.change.before if is_object(each.change.before)

before(each) := {} if not is_object(each.change.before)

after(each) := {} if each.change.actions == ["forget"]

else := each.change.after if is_object(each.change.after)

else := {}

# An attribute that the configuration leaves to the provider, and that is known after the apply only.
computed(each, name) if {
	unknown(each, name)
	address := configuration_address(each)
	configured[address]
	not name in configured[address]
}

unknown(each, name) if each.change.after_unknown[name] == true

hidden(each, name) if unknown(each, name)

hidden(each, name) if each.change.after_sensitive[name] == true

hidden_before(each, name) if each.change.before_sensitive[name] == true

# Whether an attribute differs in effect. Nothing, "", [] and false are the same to the provider.
differs(each, old, new, name) if {
	not computed(each, name)
	value(old, name, "before_sensitive", "none") != value(new, name, "after_sensitive", "after_unknown")
}

value(each, name, sensitive, unknowns) := {"unknown": true} if {
	object.get(each.change, unknowns, {})[name] == true
} else := {"sensitive": plain(each, name, sensitive)} if {
	object.get(each.change, sensitive, {})[name] == true
} else := plain(each, name, sensitive)

plain(each, name, sensitive) := empty_as_null(before(each)[name]) if sensitive == "before_sensitive"

else := empty_as_null(each.change.after[name]) if sensitive == "after_sensitive"

else := null

empty_as_null(found) := null if found in {null, "", false} else := null if found == [] else := null if found == {} else := found

# The arguments that the configuration sets, by the address without indexes.
configured[address] := arguments if {
	walk(input.plan.configuration.root_module, [path, module])
	some resource in module.resources
	modules := [concat("", ["module.", path[n + 1], "."]) | some n; path[n] == "module_calls"]
	address := concat("", array.concat(modules, [resource.address]))
	arguments := object.keys(resource.expressions)
}

configuration_address(each) := regex.replace(each.address, `\[[^\]]*\]`, "")
