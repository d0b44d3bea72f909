/* SPDX-License-Identifier: Apache-2.0 */
/* hold: see hold.h. */
#include "heap/hold.h"

#include "base/align.h"
#include "base/random.h"
#include "heap/options.h"

/*
 * A batch costs two locks; 16 slots share them. Of larger slots fewer, so that
 * what is ready stays below 16 KiB.
 */
#define BATCH_SLOTS 16u
#define BATCH_BYTES (16ul << 10)

/* However small they are: the line is moved up when a batch leaves it. */
#define HOLD_SLOTS 64u

static unsigned int slots_for(unsigned int wanted)
{
	unsigned int slots = MAGAZINE_SLOTS_MIN;

	while (slots < wanted)
		slots *= 2;
	return slots;
}

void hold_init(struct hold_rule *rules, const struct options *options)
{
	for (unsigned int class = 0; class < NR_CLASSES; class ++) {
		size_t size = class_size(class);
		size_t batch = size_min(BATCH_SLOTS, BATCH_BYTES / size);
		size_t waiting =
			size_min(HOLD_SLOTS, options->quarantine / size);
		struct hold_rule *rule = &rules[class];

		rule->batch = (uint16_t)size_max(batch, 1);
		rule->first = (uint16_t)(rule->batch + options->reuse_after);
		rule->most = (uint16_t)(rule->first + waiting);
		rule->slots = (uint16_t)slots_for(rule->most + rule->batch);
	}
}

static void draw(struct slot *from, unsigned int nr, unsigned int wanted,
		 uint64_t *random)
{
	for (; wanted && nr > 1; wanted--, nr--, from++) {
		struct slot *other = from + random_below(random, nr);
		struct slot was = *from;

		*from = *other;
		*other = was;
	}
}

void hold_drop(struct bin *bin, const struct hold_rule *rule, uint16_t *held,
	       unsigned int nr, uint64_t *random)
{
	size_t rest = magazine_count(bin) - nr;

	if (*held > rule->first)
		draw(bin->base + rule->first, *held - rule->first, nr, random);
	memmove(bin->base, bin->base + nr, rest * sizeof(*bin->base));
	bin->top = bin->base + rest;
	*held = (uint16_t)(*held - uint_min(*held, nr));
}
