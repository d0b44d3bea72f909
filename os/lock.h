/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock: a word that one thread holds, and that survives a fork.
 *
 * Owns:       one 32-bit word: 0 free, else the holder's tag, with the top
 *             bit set when somebody may be waiting.
 * Promises:   lock_acquire() tells how it went. LOCK_ORPHANED: taken, but the
 *             holder vanished in a fork and what the lock protects may be half
 *             changed; the caller abandons it. LOCK_REENTERED: not taken, this
 *             very thread holds it already (we are in a signal handler).
 * Relies on:  tags made by lock_tag(): the id is unique among live threads
 *             and stays the forking thread's in the child; the generation is
 *             another in each child.
 *
 * Pairing: the acquire of lock_acquire() with the release of lock_release().
 */
#ifndef OS_LOCK_H
#define OS_LOCK_H

#include "base/compiler.h"

#include <stdbool.h>
#include <stdint.h>

/* To the processor: nothing goes on here until another one did something. */
#ifdef __x86_64__
#define LOCK_PAUSE "pause"
#elif defined(__aarch64__)
#define LOCK_PAUSE "yield"
#else
#define LOCK_PAUSE ""
#endif

#define LOCK_ID_BITS 20
#define LOCK_ID_MAX  ((1u << LOCK_ID_BITS) - 1)
#define LOCK_WAITERS (1u << 31)

struct lock {
	uint32_t word;
};

enum lock_result {
	LOCK_ACQUIRED,
	LOCK_ORPHANED,
	LOCK_REENTERED,
};

/* @id is from 1 to LOCK_ID_MAX; of @generation eleven bits are kept. */
static inline uint32_t lock_tag(uint32_t id, uint32_t generation)
{
	return (generation << LOCK_ID_BITS & 0x7fffffff) | id;
}

/* Whether @word says that another thread held the lock at a fork. */
static inline bool lock_is_orphans(uint32_t word, uint32_t tag)
{
	uint32_t holder = word & ~LOCK_WAITERS;

	return word && (holder ^ tag) & LOCK_ID_MAX &&
	       (holder ^ tag) >> LOCK_ID_BITS;
}

enum lock_result lock_acquire_slow(struct lock *lock, uint32_t tag);
void lock_release_slow(struct lock *lock);

static inline enum lock_result lock_acquire(struct lock *lock, uint32_t tag)
{
	uint32_t expected = 0;

	if (likely(__atomic_compare_exchange_n(&lock->word, &expected, tag,
					       false, __ATOMIC_ACQUIRE,
					       __ATOMIC_RELAXED)))
		return LOCK_ACQUIRED;
	return lock_acquire_slow(lock, tag);
}

/* Takes the lock if it is free at this moment; asks nothing else. */
static inline bool lock_try(struct lock *lock, uint32_t tag)
{
	uint32_t expected = 0;

	return __atomic_compare_exchange_n(&lock->word, &expected, tag, false,
					   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

/* The same, @tries times or until it is taken: bounded, and no system call. */
static inline bool lock_try_often(struct lock *lock, uint32_t tag,
				  unsigned int tries)
{
	while (!lock_try(lock, tag)) {
		if (!--tries)
			return false;
		__asm__ volatile(LOCK_PAUSE : : : "memory");
	}
	return true;
}

/* Whether lock_acquire() would wait at this moment: it is another thread's. */
static inline bool lock_is_anothers(const struct lock *lock, uint32_t tag)
{
	uint32_t word = __atomic_load_n(&lock->word, __ATOMIC_RELAXED);

	return word && (word ^ tag) & LOCK_ID_MAX &&
	       !lock_is_orphans(word, tag);
}

/* Whether lock_acquire() would say LOCK_ORPHANED at this moment. */
static inline bool lock_is_orphaned(const struct lock *lock, uint32_t tag)
{
	return lock_is_orphans(__atomic_load_n(&lock->word, __ATOMIC_RELAXED),
			       tag);
}

static inline void lock_release(struct lock *lock)
{
	uint32_t was = __atomic_exchange_n(&lock->word, 0, __ATOMIC_RELEASE);

	if (unlikely(was >> 31))
		lock_release_slow(lock);
}

#endif /* OS_LOCK_H */
