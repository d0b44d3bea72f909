/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node: which memory nodes there are, and which one pages shall come from.
 *
 * Owns:       the number of nodes, asked for once.
 * Promises:   errno is left as it was. Where the kernel cannot or will not
 *             tell, there is one node, and nothing is bound.
 * Relies on:  get_mempolicy() and mbind().
 */
#ifndef OS_NODE_H
#define OS_NODE_H

#include <stdbool.h>
#include <stddef.h>

#define NODES_MAX 62

/* One more than the highest node this process may use; at least 1. */
int node_count(void);

/* Pages of the range not touched yet come from @node if it has any left. */
void node_prefer(void *addr, size_t size, int node);

#endif /* OS_NODE_H */
