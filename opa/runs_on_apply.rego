# State Manager runs an association as soon as it is created or changed, unless it waits for its
# schedule (CreateAssociation and UpdateAssociation in the SSM API reference). A new version of its
# document does the same, a change in white space alone included.
package patch_policy.runs_on_apply

import data.patch_policy.associations
import data.patch_policy.changes
import rego.v1

versioned := {"content", "document_format", "target_type", "version_name", "attachments_source"}

deny contains message if {
	some pair in associations.pairs
	associations.has_after(pair)
	starts(pair)
	not associations.waits(associations.side_after(pair))
	message := sprintf("%s: the apply itself starts it", [pair.now.address])
}

starts(pair) if not associations.has_before(pair)

starts(pair) if associations.is_new(pair)

starts(pair) if {
	changes.updated(pair.now)
	count(associations.differences(pair)) > 0
}

starts(pair) if {
	pair.now.change.after.name in changed_documents
	floats(associations.side_after(pair))
}

floats(side) if associations.hidden(side, "document_version")

floats(side) if object.get(side.at, "document_version", null) in {null, "", "$DEFAULT", "$LATEST"}

changed_documents contains name if {
	some each in changes.of_type({"aws_ssm_document"})
	new_version(each)
	name := each.change.after.name
}

new_version(each) if changes.replaced(each)

new_version(each) if {
	changes.updated(each)
	some name in versioned
	changes.differs(each, each, each, name)
}
