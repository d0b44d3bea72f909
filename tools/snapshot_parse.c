/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot_parse: snapshot texts, read; contract in snapshot_parse.h. */
#include "tools/snapshot_parse.h"

#include "typeslab/snapshot.h"

#include <stdlib.h>
#include <string.h>

#define OWN_PREFIX "# typeslab "

/* The state of one parse. */
struct parse {
	struct line_cursor lines;
	struct snapshot *out;
	size_t capacity;       /* of out->caches */
	bool is_named;	       /* caches have names of their own from here on */
	unsigned int seen;     /* a bit for each of the keys below */
	bool is_ended;	       /* by the line that ends a whole text */
	uint64_t live_objects; /* of all caches, to refuse what overflows */
	uint64_t live_bytes;
};

const enum domain snapshot_order[NR_DOMAINS] = {
	DOMAIN_DATA,
	DOMAIN_POINTER,
	DOMAIN_UNKNOWN,
};

/* Copies what fits; a byte that a terminal might obey becomes '?'. */
static void copy_printable(char *to, size_t size, struct piece from)
{
	size_t n = from.length < size - 1 ? from.length : size - 1;

	for (size_t i = 0; i < n; i++) {
		char c = from.start[i];

		to[i] = c >= ' ' && c <= '~' ? c : '?';
	}
	to[n] = 0;
}

/* Three numbers and nothing else. */
static bool read_three(struct piece rest, uint64_t numbers[3])
{
	struct piece word;

	for (int i = 0; i < 3; i++) {
		if (!piece_next_word(&rest, &word) ||
		    !piece_to_number(word, &numbers[i]))
			return false;
	}
	return !piece_next_word(&rest, &word);
}

/* The same, put where their domains belong. */
static bool read_per_domain(struct piece rest, uint64_t numbers[NR_DOMAINS])
{
	uint64_t in_order[NR_DOMAINS];

	if (!read_three(rest, in_order))
		return false;
	for (int i = 0; i < NR_DOMAINS; i++)
		numbers[snapshot_order[i]] = in_order[i];
	return true;
}

static const char *read_pid(struct snapshot *out, struct piece rest)
{
	return piece_to_number(rest, &out->pid) ? NULL : "pid is no number";
}

static const char *read_program(struct snapshot *out, struct piece rest)
{
	copy_printable(out->program, sizeof(out->program), rest);
	return NULL;
}

static const char *read_mode(struct snapshot *out, struct piece rest)
{
	copy_printable(out->mode, sizeof(out->mode), rest);
	return NULL;
}

static const char *read_partitions(struct snapshot *out, struct piece rest)
{
	uint64_t numbers[NR_DOMAINS];

	if (!read_per_domain(rest, numbers))
		return "partitions are not three numbers";
	for (int i = 0; i < NR_DOMAINS; i++) {
		if (numbers[i] > SNAPSHOT_MAX_PARTITIONS)
			return "more partitions than there can be";
		out->partitions[i] = numbers[i];
	}
	return NULL;
}

static const char *read_allocations(struct snapshot *out, struct piece rest)
{
	uint64_t all = 0;

	if (!read_per_domain(rest, out->allocations))
		return "allocations are not three numbers";
	for (int i = 0; i < NR_DOMAINS; i++) {
		if (__builtin_add_overflow(all, out->allocations[i], &all))
			return "more allocations than 64 bits can count";
	}
	return NULL;
}

static const char *read_dedicated(struct snapshot *out, struct piece rest)
{
	uint64_t numbers[3];

	if (!read_three(rest, numbers))
		return "dedicated is not three numbers";
	out->types_seen = numbers[0];
	out->budget = numbers[1];
	out->typed_in_shared = numbers[2];
	return NULL;
}

/* read() takes the rest of a "# typeslab KEY" line: NULL or what is wrong. */
static const struct {
	const char *name;
	const char *(*read)(struct snapshot *out, struct piece rest);
	const char *missing; /* NULL: may be */
} keys[] = {
	{ "pid", read_pid, "no '# typeslab pid' line" },
	{ "program", read_program, "no '# typeslab program' line" },
	{ "mode", read_mode, "no '# typeslab mode' line" },
	{ "partitions", read_partitions, "no '# typeslab partitions' line" },
	{ "allocations", read_allocations, "no '# typeslab allocations' line" },
	{ "dedicated", read_dedicated, NULL },
};

#define NR_KEYS (sizeof(keys) / sizeof(keys[0]))

/* A key that is not in the table is of a later, compatible version. */
static const char *parse_key(struct parse *parse, struct piece line)
{
	struct piece key;

	line.start += strlen(OWN_PREFIX);
	line.length -= strlen(OWN_PREFIX);
	if (!piece_next_word(&line, &key))
		return "'# typeslab' with no key";
	if (line.length) { /* the blank behind the key */
		line.start++;
		line.length--;
	}
	for (size_t i = 0; i < NR_KEYS; i++) {
		if (!piece_is(key, keys[i].name))
			continue;
		if (parse->seen & (1u << i))
			return "a '# typeslab' key twice";
		parse->seen |= 1u << i;
		return keys[i].read(parse->out, line);
	}
	return NULL;
}

/* What the head lacks, or NULL. */
static const char *check_keys(const struct parse *parse)
{
	for (size_t i = 0; i < NR_KEYS; i++) {
		if (!(parse->seen & (1u << i)) && keys[i].missing)
			return keys[i].missing;
	}
	return NULL;
}

static bool find_domain(struct piece word, enum domain *domain)
{
	for (int i = 0; i < NR_DOMAINS; i++) {
		if (piece_is(word, domain_name(i))) {
			*domain = i;
			return true;
		}
	}
	return false;
}

/* Takes what stands before the next '-' off *@name. */
static bool take_part(struct piece *name, struct piece *part)
{
	const char *dash = memchr(name->start, '-', name->length);

	if (!dash)
		return false;
	part->start = name->start;
	part->length = dash - name->start;
	name->start = dash + 1;
	name->length -= part->length + 1;
	return true;
}

/* <domain>-<partition>-<slot size|large> */
static const char *parse_name(struct piece name, const struct snapshot *of,
			      struct snapshot_cache *cache)
{
	struct piece part;
	uint64_t number;

	if (!take_part(&name, &part) || !find_domain(part, &cache->domain))
		return "the cache's name begins with no domain";
	if (!take_part(&name, &part) || part.length < 2 ||
	    !piece_to_number(part, &number))
		return "the cache's name has no partition";
	if (number >= of->partitions[cache->domain])
		return "a partition that the head does not know";
	cache->partition = number;
	cache->is_large = piece_is(name, "large");
	if (cache->is_large)
		return NULL;
	if (!piece_to_number(name, &number))
		return "the cache's name has no slot size";
	if (number != cache->object_size)
		return "the slot sizes in name and column differ";
	return NULL;
}

static bool append_cache(struct parse *parse, const struct snapshot_cache *one)
{
	struct snapshot *out = parse->out;

	if (out->nr_caches == parse->capacity) {
		size_t capacity = parse->capacity ? parse->capacity * 2 : 64;
		void *grown = reallocarray(out->caches, capacity,
					   sizeof(out->caches[0]));

		if (!grown)
			return false;
		out->caches = grown;
		parse->capacity = capacity;
	}
	out->caches[out->nr_caches++] = *one;
	return true;
}

static const char *parse_cache(struct parse *parse, struct piece line)
{
	struct slab_line columns;
	struct snapshot_cache cache = { 0 };
	const char *what = slab_line_parse(line, &columns);
	uint64_t bytes;

	if (what)
		return what;
	what = check_keys(parse);
	if (what)
		return what;
	cache.object_size = columns.object_size;
	cache.live_objects = columns.active_objects;
	cache.objects = columns.objects;
	cache.slabs = columns.slabs;
	cache.pages_per_slab = columns.pages_per_slab;
	if (parse->is_named) {
		cache.domain = (enum domain)SNAPSHOT_NAMED;
		copy_printable(cache.name, sizeof(cache.name), columns.name);
	} else {
		what = parse_name(columns.name, parse->out, &cache);
	}
	if (what)
		return what;
	if (__builtin_mul_overflow(cache.live_objects, cache.object_size,
				   &bytes) ||
	    __builtin_add_overflow(parse->live_bytes, bytes,
				   &parse->live_bytes) ||
	    __builtin_add_overflow(parse->live_objects, cache.live_objects,
				   &parse->live_objects))
		return "more bytes than 64 bits can count";
	return append_cache(parse, &cache) ? NULL : "no memory";
}

/* @text is written with its newline, @line has lost it. */
static bool is_line(struct piece line, const char *text)
{
	return line.length + 1 == strlen(text) &&
	       !memcmp(line.start, text, line.length);
}

/* The three lines that say what the text is. */
static const char *parse_head(struct parse *parse)
{
	struct piece line, word;
	uint64_t version;

	if (!line_next(&parse->lines, &line))
		return "empty";
	if (!is_line(line, TYPESLAB_SNAPSHOT_HEAD))
		return "no snapshot: not 'slabinfo - version: 2.1'";
	if (!line_next(&parse->lines, &line) ||
	    !piece_has_prefix(line, "# name "))
		return "no line of column names";
	if (!line_next(&parse->lines, &line) ||
	    !piece_has_prefix(line, OWN_PREFIX))
		return "no '# typeslab' line: not a snapshot of a heap "
		       "(a kernel's slabinfo is read with --slabinfo)";
	line.start += strlen(OWN_PREFIX);
	line.length -= strlen(OWN_PREFIX);
	if (!piece_next_word(&line, &word) ||
	    !piece_to_number(word, &version) ||
	    version != TYPESLAB_SNAPSHOT_VERSION)
		return "a snapshot of a version unknown here";
	return NULL;
}

static const char *parse_line(struct parse *parse, struct piece line)
{
	if (parse->lines.is_cut)
		return "truncated: the text ends inside the line";
	if (parse->is_ended)
		return "a line after the end";
	if (is_line(line, TYPESLAB_SNAPSHOT_END)) {
		parse->is_ended = true;
		return check_keys(parse);
	}
	if (is_line(line, TYPESLAB_SNAPSHOT_CACHES)) {
		parse->is_named = true;
		return NULL;
	}
	if (piece_has_prefix(line, OWN_PREFIX))
		return parse_key(parse, line);
	if (piece_has_prefix(line, "#"))
		return NULL;
	return parse_cache(parse, line);
}

int snapshot_parse(const char *text, size_t length, struct snapshot *out,
		   struct text_fault *fault)
{
	struct parse parse = { .out = out };
	const char *what;
	struct piece line;

	memset(out, 0, sizeof(*out));
	line_cursor_init(&parse.lines, text, length);
	what = parse_head(&parse);
	while (!what && line_next(&parse.lines, &line))
		what = parse_line(&parse, line);
	if (!what && !parse.is_ended)
		what = "truncated: no '# typeslab end' after this line";
	if (!what)
		return 0;
	fault->line = parse.lines.number ? parse.lines.number : 1;
	fault->what = what;
	snapshot_fini(out);
	return -1;
}

void snapshot_fini(struct snapshot *snapshot)
{
	free(snapshot->caches);
	snapshot->caches = NULL;
	snapshot->nr_caches = 0;
}
