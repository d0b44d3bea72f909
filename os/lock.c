/* SPDX-License-Identifier: Apache-2.0 */
/* lock: see lock.h. */
#include "os/lock.h"

#include "os/os.h"

/* Holders keep a lock for less than a time slice: yield before sleeping. */
#define SPINS_MAX 64

static bool try_take(struct lock *lock, uint32_t expected, uint32_t value)
{
	return __atomic_compare_exchange_n(&lock->word, &expected, value, false,
					   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

enum lock_result lock_acquire_slow(struct lock *lock, uint32_t tag)
{
	uint32_t waiters = 0;

	for (unsigned int spins = 0;; spins++) {
		uint32_t word = __atomic_load_n(&lock->word, __ATOMIC_RELAXED);
		uint32_t holder = word & ~LOCK_WAITERS;

		if (!word) {
			if (try_take(lock, 0, tag | waiters))
				return LOCK_ACQUIRED;
			continue;
		}
		if ((holder & LOCK_ID_MAX) == (tag & LOCK_ID_MAX))
			return LOCK_REENTERED;
		if (lock_is_orphans(word, tag)) {
			if (try_take(lock, word, tag))
				return LOCK_ORPHANED;
			continue;
		}
		if (spins < SPINS_MAX) {
			if (spins % 16 == 15)
				os_yield();
			continue;
		}
		/* Whoever slept cannot know who else does: keep the bit. */
		waiters = LOCK_WAITERS;
		if (word & LOCK_WAITERS ||
		    try_take(lock, word, word | LOCK_WAITERS))
			os_wait(&lock->word, word | LOCK_WAITERS);
	}
}

void lock_release_slow(struct lock *lock)
{
	os_wake_one(&lock->word);
}
