/* SPDX-License-Identifier: Apache-2.0 */
/* fork: see fork.h. */
#include "heap/fork.h"

#include "os/os.h"

#include <stdbool.h>

static uint32_t plain_word = 1;

/* In the wiped page. */
uint32_t *fork_word = &plain_word;

/* The parent's generation, kept in memory that fork copies. */
static uint32_t last;

void fork_init(void)
{
	void *page = os_wiped_page();

	if (page)
		fork_word = page;
	*fork_word = 1;
	last = 1;
}

/*
 * Threads of a child may get here together: each proposes a number above its
 * parent's and one exchange wins. @last is stored before it: whoever forks
 * now has a child that proposes another.
 */
uint32_t fork_next_generation(void)
{
	uint32_t next = __atomic_load_n(&last, __ATOMIC_RELAXED) + 1;
	uint32_t now = 0;

	__atomic_store_n(&last, next, __ATOMIC_RELAXED);
	if (__atomic_compare_exchange_n(fork_word, &now, next, false,
					__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return next;
	return now;
}
