/* SPDX-License-Identifier: Apache-2.0 */
/* report: see report.h. */
#include "report/report.h"

#include "base/line.h"
#include "base/probe.h"
#include "os/os.h"
#include "os/stack.h"

static bool is_compat;
static bool has_stacks;

static void send(struct line *line)
{
	line_end(line);
	os_write(2, line->text, line->length);
}

static void add_place(struct line *line, const struct report_place *place)
{
	line_add(line, ": 0x");
	line_add_number(line, (uintptr_t)place->address, 16, 1);
	if (!place->domain && !place->cache) {
		line_add(line, " (not in this heap)");
		return;
	}
	line_add(line, " (");
	line_add_number(line, place->size, 10, 1);
	line_add(line, " bytes, ");
	if (place->cache) {
		line_add(line, place->cache);
	} else {
		line_add(line, place->domain);
		line_add(line, "-");
		line_add_number(line, place->partition, 10, 2);
	}
	line_add(line, ", slot ");
	line_add_number(line, place->slot, 10, 1);
	line_add(line, ")");
}

void report_set_compat(bool compat)
{
	is_compat = compat;
}

void report_set_stacks(bool stacks)
{
	has_stacks = stacks;
}

/* "typeslab: now: /usr/bin/program+0x1234": what addr2line understands. */
static void say_frame(const char *word, uintptr_t frame)
{
	struct line line = { .length = 0 };
	struct stack_object object = { .base = 0 };

	line_add(&line, "typeslab: ");
	line_add(&line, word);
	line_add(&line, ": ");
	if (stack_find_object(frame, &object)) {
		line_add_given(&line, object.name, strlen(object.name));
		line_add(&line, "+");
	}
	line_add(&line, "0x");
	line_add_number(&line, frame - object.base, 16, 1);
	send(&line);
}

static void say_stack(const char *word, const struct report_stack *stack)
{
	for (unsigned int i = 0; i < stack->nr; i++)
		say_frame(word, stack->frames[i]);
}

static void say_slot(const struct report_place *place)
{
	struct line line = { .length = 0 };

	line_add(&line, "typeslab: slot: ");
	line_add(&line, place->state);
	line_add(&line, ", 0x");
	line_add_number(&line, (uintptr_t)place->start, 16, 1);
	line_add(&line, ", ");
	line_add_number(&line, place->size, 10, 1);
	line_add(&line, " bytes");
	send(&line);
}

/* What is known besides the line; @place is NULL where there is none. */
static void say_more(const struct report_place *place)
{
	uintptr_t frames[STACK_FRAMES];
	struct report_stack now = { frames, 0 };

	if (!has_stacks)
		return;
	if (place && place->state)
		say_slot(place);
	now.nr = stack_read(frames, STACK_FRAMES);
	say_stack("now", &now);
	if (!place)
		return;
	say_stack("freed", &place->freed);
	say_stack("allocated", &place->allocated);
}

/* Prints unless compat has said this fault before; returns under compat. */
static void finish(struct line *line, const struct report_place *place,
		   bool *said)
{
	if (is_compat && __atomic_exchange_n(said, true, __ATOMIC_RELAXED))
		return;
	send(line);
	PROBE3(fault, line->text, line->length, place ? place->address : NULL);
	say_more(place);
	if (!is_compat)
		os_abort();
}

static const char *const act_names[NR_ACTS] = {
	[ACT_FREE] = "free",
	[ACT_REALLOC] = "realloc",
	[ACT_SIZE_QUERY] = "size query",
};

static void report_act(const char *fault, enum report_act act,
		       const struct report_place *place, bool *said)
{
	struct line line = { .length = 0 };

	line_add(&line, "typeslab: ");
	line_add(&line, fault);
	line_add(&line, " ");
	line_add(&line, act_names[act]);
	add_place(&line, place);
	finish(&line, place, said);
}

void report_dead(enum report_act act, const struct report_place *place)
{
	static bool said[NR_ACTS];

	report_act(act == ACT_FREE ? "double" : "freed", act, place,
		   &said[act]);
}

void report_inner(enum report_act act, const struct report_place *place)
{
	static bool said[NR_ACTS];

	report_act("inner", act, place, &said[act]);
}

void report_unallocated(enum report_act act, const struct report_place *place)
{
	static bool said[NR_ACTS];

	report_act("unallocated", act, place, &said[act]);
}

void report_foreign(enum report_act act, const struct report_place *place)
{
	static bool said[NR_ACTS];

	report_act("foreign", act, place, &said[act]);
}

void report_wrong_size(const struct report_place *place, size_t size)
{
	static bool said;
	struct line line = { .length = 0 };

	line_add(&line, "typeslab: wrong size free");
	add_place(&line, place);
	line_add(&line, " as ");
	line_add_number(&line, size, 10, 1);
	line_add(&line, " bytes");
	finish(&line, place, &said);
}

void report_wrong_cache(const struct report_place *place, const char *cache)
{
	static bool said;
	struct line line = { .length = 0 };

	line_add(&line, "typeslab: wrong cache free");
	add_place(&line, place);
	line_add(&line, " to ");
	line_add(&line, cache);
	finish(&line, place, &said);
}

void report_dead_cache(const char *cache)
{
	static bool said;
	struct line line = { .length = 0 };

	line_add(&line, "typeslab: destroyed cache: ");
	line_add(&line, cache);
	finish(&line, NULL, &said);
}

void report_usercopy(const struct report_place *place, size_t size,
		     bool to_user)
{
	static bool said;
	struct line line = { .length = 0 };

	line_add(&line, to_user ? "typeslab: bad copy to user"
				: "typeslab: bad copy from user");
	add_place(&line, place);
	line_add(&line, ", ");
	line_add_number(&line, size, 10, 1);
	line_add(&line, " bytes");
	finish(&line, place, &said);
}

static void report_bytes(const char *what, size_t size)
{
	struct line line = { .length = 0 };

	line_add(&line, what);
	line_add_number(&line, size, 10, 1);
	line_add(&line, " bytes");
	send(&line);
}

void report_must_not_fail(size_t size)
{
	report_bytes("typeslab: no memory for what must not fail: ", size);
	os_abort();
}

void report_no_memory(size_t size)
{
	static bool said;

	if (!__atomic_exchange_n(&said, true, __ATOMIC_RELAXED))
		report_bytes("typeslab: no memory: ", size);
}

void report_no_cache(const char *cache)
{
	struct line line = { .length = 0 };

	line_add(&line, "typeslab: cannot create cache: ");
	line_add(&line, cache);
	send(&line);
	os_abort();
}

void report_objects_left(const char *cache, size_t nr)
{
	struct line line = { .length = 0 };

	line_add(&line, "typeslab: cache not destroyed: ");
	line_add(&line, cache);
	line_add(&line, ", objects left: ");
	line_add_number(&line, nr, 10, 1);
	send(&line);
}

static void report_damage(const char *fault, const struct report_place *place,
			  bool *said)
{
	struct line line = { .length = 0 };

	line_add(&line, "typeslab: ");
	line_add(&line, fault);
	add_place(&line, place);
	finish(&line, place, said);
}

void report_overflow(const struct report_place *place)
{
	static bool said;

	report_damage("overflow", place, &said);
}

void report_stale_write(const struct report_place *place)
{
	static bool said;

	report_damage("write after free", place, &said);
}

void report_broken(const char *what)
{
	struct line line = { .length = 0 };

	line_add(&line, "typeslab: broken metadata: ");
	line_add(&line, what);
	send(&line);
	PROBE3(fault, line.text, line.length, NULL);
	say_more(NULL);
	os_abort();
}

void report_no_heap(unsigned int nr_partitions)
{
	struct line line = { .length = 0 };

	line_add(&line, "typeslab: no heap: no memory for ");
	line_add_number(&line, nr_partitions, 10, 1);
	line_add(&line, " partitions; raise ulimit -v or -d, or ask for fewer"
			" by unknown=, data= and pointer=");
	send(&line);
}

void report_unknown_option(const char *key, size_t length)
{
	struct line line = { .length = 0 };

	line_add(&line, "typeslab: unknown option: ");
	line_add_given(&line, key, length);
	send(&line);
}

void report_locked_option(const char *key)
{
	struct line line = { .length = 0 };

	line_add(&line, "typeslab: locked by the program: ");
	line_add(&line, key);
	send(&line);
}

/* So much of what was given leaves room for what is said of it. */
#define GIVEN_SHOWN 150

void report_bad_value(const char *pair, size_t length, const char *rule)
{
	struct line line = { .length = 0 };

	line_add(&line, "typeslab: bad value: ");
	if (length > GIVEN_SHOWN) {
		line_add_given(&line, pair, GIVEN_SHOWN);
		line_add(&line, "...");
	} else {
		line_add_given(&line, pair, length);
	}
	line_add(&line, " (");
	line_add(&line, rule);
	line_add(&line, ")");
	send(&line);
}

void report_no_snapshot(const char *path)
{
	struct line line = { .length = 0 };

	line_add(&line, "typeslab: snapshot: cannot create ");
	line_add_given(&line, path, strlen(path));
	send(&line);
}

void report_policy(const char *path, unsigned int number, const char *what)
{
	struct line line = { .length = 0 };
	size_t length = strlen(path);
	size_t left_out = length > GIVEN_SHOWN ? length - GIVEN_SHOWN : 0;

	line_add(&line, "typeslab: policy: ");
	/* Of a long path the end, so that there is room for the rest. */
	if (left_out)
		line_add(&line, "...");
	line_add_given(&line, path + left_out, length - left_out);
	if (number) {
		line_add(&line, ":");
		line_add_number(&line, number, 10, 1);
	}
	line_add(&line, ": ");
	line_add(&line, what);
	send(&line);
}

static void advise_once(const char *advice, bool *said)
{
	struct line line = { .length = 0 };

	if (__atomic_exchange_n(said, true, __ATOMIC_RELAXED))
		return;
	line_add(&line, advice);
	send(&line);
}

void report_small_tokens(void)
{
	static bool said;

	advise_once("typeslab: small tokens: built with -falloc-token-max;"
		    " set token_max= or build without it",
		    &said);
}

void report_other_malloc(void)
{
	static bool said;

	advise_once("typeslab: another malloc: types are lost;"
		    " link the program with libtypeslab or preload it",
		    &said);
}
