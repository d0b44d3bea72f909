/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hold: the order in which freed slots can serve again, where it shall not be
 * the order in which they came.
 *
 * Owns:       how a magazine of the hardened profile is divided: a pool of
 *             slots that are ready, and behind it a line of those that wait.
 * Promises:   a slot that was freed stands in line until as many further
 *             frees as the line is long, and then is one of the pool. What
 *             leaves the pool is drawn at random where that is asked for, each
 *             slot as likely as any other, among at least so many as the rule
 *             says once the cache is used that much. When the thread ends or
 *             memory is short the line goes home at once.
 * Relies on:  one thread alone using the bin.
 * Invariant:  held <= line; next < line, and is 0 while held < line.
 *
 *	base [ready ...] top ...... end [waiting ...] line
 *	     <---- more than least ---->
 *
 * The pool mixes, so that slots may come from their slab in its order, many at
 * a time, and what was freed need not go back there to be mixed.
 */
#ifndef HEAP_HOLD_H
#define HEAP_HOLD_H

#include "base/random.h"
#include "cache/magazine.h"
#include "policy/size_class.h"

struct options;

/* Of one size class, in slots: what a magazine has at most. */
struct hold_rule {
	uint16_t line;
	uint16_t pool;	/* the least that is ready */
	uint16_t batch; /* beyond that: come and go at once */
	uint16_t first; /* of the first magazine, in all: a power of two */
};

/* Of one magazine; all zero where there is none. */
struct hold {
	uint16_t slots; /* in all: a power of two */
	uint16_t least; /* malloc draws while more are ready */
	uint16_t open;	/* the same; nobody was drawn: more than there can be */
	uint16_t line;
	uint16_t held; /* in line */
	uint16_t next; /* who waited longest, in a line that is full */
};

void hold_init(struct hold_rule *rules, const struct options *options);

/* Whether a slot is drawn from the pool, or the newest one taken. */
bool hold_draws(const struct options *options);

/* Slots in all of the largest magazine. */
unsigned int hold_slots_max(const struct hold_rule *rule);

/* Moves a magazine to @storage, which is longer: @slots. */
void hold_grow(struct hold *hold, const struct hold_rule *rule, struct bin *bin,
	       struct slot *storage, unsigned int slots);

static always_inline bool hold_has_choice(const struct hold *hold,
					  const struct bin *bin)
{
	return magazine_count(bin) > hold->least;
}

/* And the one that lies first was drawn. */
static always_inline bool hold_is_open(const struct hold *hold,
				       const struct bin *bin)
{
	return magazine_count(bin) > hold->open;
}

/* Nobody is drawn, as none is ready or nobody was there to draw. */
static inline void hold_close(struct hold *hold)
{
	hold->open = UINT16_MAX;
}

/*
 * Where the next one to leave lies: the first place, where it came when the
 * last one left, so that nobody waits for a draw; or the newest's.
 */
static always_inline struct slot *hold_next(const struct bin *bin, bool draws)
{
	return draws ? bin->base : bin->top - 1;
}

/*
 * It has left, and others stay: one of them is drawn. @random NULL: the newest
 * is always next.
 */
static always_inline void hold_advance(struct bin *bin, uint64_t *random)
{
	struct slot *drawn;

	bin->top--;
	if (!random)
		return;
	drawn = bin->base + 1 + random_below(random, magazine_count(bin));
	*bin->base = *drawn;
	*drawn = *bin->top;
}

/*
 * One of those that are ready, of whom there is one: who was drawn, so that a
 * second look finds the same one; or any.
 */
static inline struct slot hold_draw(struct hold *hold, struct bin *bin,
				    uint64_t *random)
{
	struct slot slot, *place = hold_next(bin, random);

	if (random && !hold_is_open(hold, bin))
		place += random_below(random, magazine_count(bin));
	slot = *place;
	*place = *hold_next(bin, random);
	if (magazine_count(bin) > 1) {
		hold_advance(bin, random);
		hold->open = hold->least;
	} else {
		bin->top--;
		hold_close(hold);
	}
	return slot;
}

static always_inline bool hold_is_full(const struct hold *hold,
				       const struct bin *bin)
{
	return hold->held == hold->line && magazine_is_full(bin);
}

/* The next one fills the line, and a longer one may be wanted. */
static always_inline bool hold_is_filling(const struct hold *hold)
{
	return hold->held + 1 == hold->line;
}

/* @slot goes to the end of the line; who waited longest is ready. */
static always_inline void hold_push(struct hold *hold, struct bin *bin,
				    struct slot slot)
{
	struct slot *line = bin->end;
	unsigned int next = hold->next;

	if (unlikely(hold->held < hold->line)) {
		line[hold->held++] = slot;
		return;
	}
	*bin->top++ = line[next];
	line[next++] = slot;
	hold->next = (uint16_t)(next == hold->line ? 0 : next);
}

#endif /* HEAP_HOLD_H */
