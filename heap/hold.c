/* SPDX-License-Identifier: Apache-2.0 */
/* hold: see hold.h. */
#include "heap/hold.h"

#include "base/align.h"
#include "heap/options.h"

/*
 * More than eight bits' worth; of larger slots so many bytes, as they are what
 * it costs.
 */
#define POOL_SLOTS 256u
#define POOL_BYTES (16ul << 10)

/* A trip to the slabs takes a lock; so many slots share it. */
#define BATCH_SLOTS 64u
#define BATCH_BYTES (16ul << 10)

/* However small they are. */
#define LINE_SLOTS 64u

/* Of the first magazine of a cache: a page's worth, if that is no more. */
#define FIRST_SLOTS 32u
#define FIRST_BYTES 4096u

static uint16_t slots_in(size_t bytes, size_t size, size_t most)
{
	return (uint16_t)size_max(1, size_min(most, bytes / size));
}

static unsigned int power_of_two_from(unsigned int slots)
{
	unsigned int power = MAGAZINE_SLOTS_MIN;

	while (power < slots)
		power *= 2;
	return power;
}

void hold_init(struct hold_rule *rules, const struct options *options)
{
	for (unsigned int class = 0; class < NR_CLASSES; class ++) {
		size_t size = class_size(class);
		size_t waiting =
			size_min(LINE_SLOTS, options->quarantine / size);
		struct hold_rule *rule = &rules[class];

		/* At least one: the slot freed last is not the next. */
		rule->line =
			(uint16_t)size_max(1, options->reuse_after + waiting);
		rule->pool = options->shuffle
				     ? slots_in(POOL_BYTES, size, POOL_SLOTS)
				     : 1;
		rule->batch = slots_in(BATCH_BYTES, size, BATCH_SLOTS);
		rule->first = (uint16_t)power_of_two_from(
			slots_in(FIRST_BYTES, size, FIRST_SLOTS));
	}
}

bool hold_draws(const struct options *options)
{
	return options->shuffle || options->quarantine;
}

unsigned int hold_slots_max(const struct hold_rule *rule)
{
	return power_of_two_from(rule->line + rule->pool + rule->batch);
}

/* Where the pool of a magazine ends: a quarter is left for the line. */
static unsigned int pool_end(const struct hold *hold,
			     const struct hold_rule *rule)
{
	return uint_min(hold->least + rule->batch,
			hold->slots - hold->slots / 4);
}

void hold_grow(struct hold *hold, const struct hold_rule *rule, struct bin *bin,
	       struct slot *storage, unsigned int slots)
{
	const struct slot *line = bin->end;
	unsigned int older = hold->held - hold->next;
	unsigned int end;

	hold->slots = (uint16_t)slots;
	hold->least = (uint16_t)uint_min(rule->pool, slots / 2 + slots / 8);
	end = pool_end(hold, rule);
	hold->line = (uint16_t)uint_min(rule->line, slots - end);
	magazine_grow(bin, storage, end);
	hold_close(hold);
	if (hold->held) {
		memcpy(bin->end, line + hold->next, older * sizeof(*line));
		memcpy(bin->end + older, line, hold->next * sizeof(*line));
	}
	hold->next = 0;
}
