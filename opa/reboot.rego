# Nodes are rebooted where they were not.
package patch_policy.reboot

import data.patch_policy.associations
import rego.v1

deny contains message if {
	some pair in associations.pairs
	associations.has_after(pair)
	associations.touched(pair)
	associations.reboots(associations.side_after(pair))
	not associations.rebooted_before(pair)
	message := sprintf("%s: nodes are rebooted where they were not", [pair.now.address])
}
