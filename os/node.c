/* SPDX-License-Identifier: Apache-2.0 */
/* node: see node.h. */
#define _GNU_SOURCE
#include "os/node.h"

#include <errno.h>
#include <linux/mempolicy.h>
#include <sys/syscall.h>
#include <unistd.h>

int node_count(void)
{
	static int count;
	int known = __atomic_load_n(&count, __ATOMIC_RELAXED);
	unsigned long allowed[16] = { 0 };
	int saved = errno;

	if (known)
		return known;
	known = 1;
	if (!syscall(SYS_get_mempolicy, NULL, allowed, sizeof(allowed) * 8,
		     NULL, MPOL_F_MEMS_ALLOWED)) {
		for (int node = 1; node <= NODES_MAX; node++) {
			if (allowed[0] >> node & 1)
				known = node + 1;
		}
	}
	errno = saved;
	__atomic_store_n(&count, known, __ATOMIC_RELAXED);
	return known;
}

void node_prefer(void *addr, size_t size, int node)
{
	unsigned long mask = 1ul << node;
	int saved = errno;

	syscall(SYS_mbind, addr, size, MPOL_PREFERRED, &mask, sizeof(mask) * 8,
		0);
	errno = saved;
}
