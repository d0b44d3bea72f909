/* SPDX-License-Identifier: Apache-2.0 */
/* fork: see fork.h. */
#include "heap/fork.h"

#include "os/os.h"

#include <stdbool.h>

static uint32_t plain_word = 1;

/* In the wiped page: the generation, or 0 in a child that has not looked. */
static uint32_t *word = &plain_word;

/* The parent's generation, kept in memory that fork copies. */
static uint32_t last;

void fork_init(void)
{
	void *page = os_wiped_page();

	if (page)
		word = page;
	*word = 1;
	last = 1;
}

/*
 * Threads of a child may get here together: each proposes a number above its
 * parent's and one exchange wins. @last is stored before it: whoever forks
 * now has a child that proposes another.
 */
uint32_t fork_generation(void)
{
	uint32_t now = __atomic_load_n(word, __ATOMIC_ACQUIRE);
	uint32_t next = __atomic_load_n(&last, __ATOMIC_RELAXED) + 1;

	if (now)
		return now;
	__atomic_store_n(&last, next, __ATOMIC_RELAXED);
	if (__atomic_compare_exchange_n(word, &now, next, false,
					__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return next;
	return now;
}
