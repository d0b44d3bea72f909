# SPDX-License-Identifier: Apache-2.0
#
# Real servers and programs under load, on our heap and on others: results the
# same, figures as a table. QUICK=1: minutes; ONLY=redis: one of servers/loads.
.PHONY: servers
servers: setup all
	@scripts/setup servers/packages
	@# Node's own packages have the headers, and let no other in.
	@[ -e /usr/include/node/node_api.h ] || scripts/setup servers/packages-node
	@servers/run-servers $(BUILD) $(if $(QUICK),--quick) \
		$(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(ONLY),--only $(ONLY))
