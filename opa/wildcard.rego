# A statement that allows every action of something, or everybody under no condition, and did not.
package patch_policy.wildcard

import data.patch_policy.changes
import rego.v1

documents := {
	"aws_iam_role": "assume_role_policy",
	"aws_iam_role_policy": "policy",
	"aws_iam_policy": "policy",
	"aws_iam_user_policy": "policy",
	"aws_iam_group_policy": "policy",
	"aws_s3_bucket_policy": "policy",
	"aws_kms_key": "policy",
	"aws_kms_key_policy": "policy",
	"aws_sns_topic_policy": "policy",
	"aws_sqs_queue_policy": "policy",
}

deny contains message if {
	some each in changes.of_type(object.keys(documents))
	attribute := documents[each.type]
	not changes.hidden(each, attribute)
	not changes.hidden_before(each, attribute)
	old := object.get(changes.before(each), attribute, "")
	new := object.get(changes.after(each), attribute, "")
	old != new
	newly_wide(old, new)
	message := said(each)
}

deny contains message if {
	some each in changes.of_type({"aws_iam_role"})
	some block in changes.after(each).inline_policy
	old := [other.policy |
		some other in object.get(changes.before(each), "inline_policy", [])
		other.name == block.name
	]
	newly_wide(concat("", old), block.policy)
	message := said(each)
}

deny contains message if {
	some each in changes.of_type({"aws_lambda_permission"})
	open_to_everybody(changes.after(each))
	not open_to_everybody(changes.before(each))
	message := said(each)
}

said(each) := sprintf("%s: a permission covers every action, or everybody", [each.address])

newly_wide(old, new) if {
	before := statements(old)
	some statement in statements(new)
	not statement in before
	some mark in marks(statement)
	not had(before, statement, mark)
}

statements(text) := [] if text in {"", null}

else := as_list(json.unmarshal(text).Statement)

as_list(found) := found if is_array(found)

else := [found]

# A statement is the one that had its Sid; one without is any that has none.
had(before, statement, mark) if {
	some other in before
	object.get(other, "Sid", "") == object.get(statement, "Sid", "")
	mark in marks(other)
}

marks(statement) := {mark |
	statement.Effect == "Allow"
	some mark in {"action" | every_action(statement)} | {"everybody" | everybody(statement)}
}

every_action(statement) if statement.NotAction

every_action(statement) if {
	some action in as_list(statement.Action)
	endswith(action, ":*")
}

every_action(statement) if "*" in as_list(statement.Action)

everybody(statement) if {
	anyone(statement)
	count(object.get(statement, "Condition", {})) == 0
}

anyone(statement) if statement.NotPrincipal

anyone(statement) if statement.Principal == "*"

anyone(statement) if "*" in as_list(statement.Principal.AWS)

open_to_everybody(attributes) if {
	attributes.principal == "*"
	every name in {"source_account", "source_arn", "principal_org_id"} {
		object.get(attributes, name, null) in {null, ""}
	}
}
