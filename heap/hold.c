/* SPDX-License-Identifier: Apache-2.0 */
/* hold: see hold.h. */
#include "heap/hold.h"

#include "base/align.h"
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
		struct hold_rule *rule = &rules[class];

		rule->batch = size_max(batch, 1);
		rule->first = rule->batch + options->reuse_after;
		rule->most = rule->first +
			     size_min(HOLD_SLOTS, options->quarantine / size);
		rule->slots = slots_for(rule->most + rule->batch);
	}
}
