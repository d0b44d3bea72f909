/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ir_flow: where values of a function come from and go to.
 *
 * Owns:       the sorted definitions of one function.
 * Promises:   answers by the text alone: arithmetic, choices and moves are
 *             followed back, memory only through locals of the function.
 * Relies on:  the function staying as it is while the flow is in use.
 * Invariant:  a value is looked at once a question: loops end.
 */
#ifndef TOOLS_IR_FLOW_H
#define TOOLS_IR_FLOW_H

#include "tools/ir.h"

#include <stdint.h>

struct ir_flow {
	const struct ir_function *function;
	const struct ir_line **defined; /* lines with a result, by its name */
	size_t nr_defined;
	struct piece parameters[IR_MOST_ARGUMENTS];
	struct piece parameter_types[IR_MOST_ARGUMENTS];
	size_t nr_parameters;
};

void ir_flow_init(struct ir_flow *flow, const struct ir_function *function);

/* Parameters (a bit each) that @value is computed from. */
uint64_t ir_flow_parameters(const struct ir_flow *flow, struct piece value);

/* Parameters (a bit each) that what the function returns is computed from. */
uint64_t ir_flow_returned(const struct ir_flow *flow);

/* Whether the value that @from defines may be what the function returns. */
bool ir_flow_returns(const struct ir_flow *flow, const struct ir_line *from);

void ir_flow_fini(struct ir_flow *flow);

#endif /* TOOLS_IR_FLOW_H */
