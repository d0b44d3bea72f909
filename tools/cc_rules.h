/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cc_rules: types that a person gives where the compiler knows none.
 *
 * A rule is a line "WHO data TYPE" or "WHO pointer TYPE": what WHO asks for
 * without a type is a TYPE, which holds no pointer, or does. WHO is CALLER,
 * CALLER:CALLEE or *:CALLEE; the first rule that fits counts. "#" begins a
 * comment.
 *
 * Owns:       nothing between calls.
 * Promises:   a call that has a type keeps it; only calls of functions that
 *             the compiler takes for allocators are given one.
 * Relies on:  IR before any pass: functions are not inlined, not renamed.
 */
#ifndef TOOLS_CC_RULES_H
#define TOOLS_CC_RULES_H

/* Applies the rules of @path to the IR in @ir: 0, or -1 after a complaint. */
int cc_rules_apply(const char *path, const char *ir);

#endif /* TOOLS_CC_RULES_H */
