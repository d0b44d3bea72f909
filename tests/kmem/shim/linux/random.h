/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SHIM_LINUX_RANDOM_H
#define SHIM_LINUX_RANDOM_H

#include <stdlib.h>
#include <sys/random.h>

static inline unsigned long get_random_long(void)
{
	unsigned long word;

	if (getrandom(&word, sizeof(word), 0) != sizeof(word))
		abort();
	return word;
}

#endif /* SHIM_LINUX_RANDOM_H */
