/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/pins.h"
#include "os/os.h"
#include "policy/token_hash.h"

#include <fcntl.h>

static struct pins pins;
static uint64_t data_tokens[NR_PINS_MAX];
static uint16_t groups[NR_PINS_MAX];

static int begin(void **state)
{
	(void)state;
	pins = (struct pins){ .data_tokens = data_tokens, .groups = groups };
	return 0;
}

static void parse(void *text)
{
	pins_parse(&pins, "p", text, strlen(text));
}

static bool is_pinned(uint32_t rule, const char *name, unsigned int group)
{
	return data_tokens[rule] == token_hash(name, strlen(name), false) &&
	       groups[rule] == group;
}

static void parse_good(void *unused)
{
	(void)unused;
	parse("# a comment\n"
	      "\n"
	      "name:list\n"
	      "  name: unsigned long  # the rest\r\n"
	      "name:std::pair<int, char *>\t@net\n"
	      "\t# name:none\n"
	      "name:conn @ net\n"
	      "name:a#b@c\n"
	      "name:last");
	unit_must(pins.nr == 6 && pins.nr_groups == 5);
	unit_must(is_pinned(0, "list", 0));
	unit_must(is_pinned(1, "unsigned long", 1));
	unit_must(is_pinned(2, "std::pair<int, char *>", 2));
	unit_must(is_pinned(3, "conn", 2));
	unit_must(is_pinned(4, "a#b@c", 3));
	unit_must(is_pinned(5, "last", 4));
}

static void test_rules(void **state)
{
	(void)state;
	unit_run_well(parse_good, NULL);
	assert_string_equal(unit_run(parse_good, NULL).text, "");
}

static void test_bad_lines(void **state)
{
	static const char *const cases[][2] = {
		{ "list", "p:1: not name:TYPE" },
		{ "\n\nnames:list", "p:3: not name:TYPE" },
		{ "name=list", "p:1: not name:TYPE" },
		{ "@net", "p:1: not name:TYPE" },
		{ "name:", "p:1: no type behind name:" },
		{ "name: # list", "p:1: no type behind name:" },
		{ "name: @net", "p:1: no type behind name:" },
		{ "name: struct list", "p:1: types are named without struct" },
		{ "name:union u @net", "p:1: types are named without struct" },
		{ "name:class c", "p:1: types are named without struct" },
		{ "name:enum e # e", "p:1: types are named without struct" },
		{ "name:list @", "p:1: no group behind @" },
		{ "name:list @ # net", "p:1: no group behind @" },
		{ "name:list\nname: list @net", "p:2: a type named twice" },
	};
	char said[200];

	(void)state;
	for (size_t i = 0; i < array_size(cases); i++) {
		struct unit_child child = unit_run(parse, (void *)cases[i][0]);

		snprintf(said, sizeof(said), "typeslab: policy: %s\n",
			 cases[i][1]);
		assert_string_equal(child.text, said);
		assert_int_equal(child.status, 0);
	}
}

static void parse_bytes(void *unused)
{
	static const char odd[] =
		"\xef\xbb\xbfname:a\n#\0\nname:b\0\nna\0me:c\n"
		"\xef\xbb\xbfname:d\n";
	static char text[400000];

	(void)unused;
	pins_parse(&pins, "p", odd, sizeof(odd) - 1);
	unit_must(pins.nr == 1 && is_pinned(0, "a", 0));
	pins_parse(&pins, "p", "\xef\xbb", 2);
	/* A name may be as long as it likes, a line without one not. */
	memset(text, 'x', sizeof(text));
	memcpy(text, "name:", 5);
	text[200000] = '\n';
	pins_parse(&pins, "p", text, sizeof(text));
	unit_must(pins.nr == 2);
}

static void test_bytes(void **state)
{
	struct unit_child child = unit_run(parse_bytes, NULL);

	(void)state;
	assert_int_equal(child.status, 0);
	assert_string_equal(child.text,
			    "typeslab: policy: p:3: a NUL byte: not text\n"
			    "typeslab: policy: p:4: a NUL byte: not text\n"
			    "typeslab: policy: p:5: not name:TYPE\n"
			    "typeslab: policy: p:1: not name:TYPE\n"
			    "typeslab: policy: p:2: not name:TYPE\n");
}

/* What is bad is left out, what is good stays. */
static void parse_mixed(void *unused)
{
	(void)unused;
	parse("name:a @g\nb\nname:c @g\nname:a\nname:d\n");
	unit_must(pins.nr == 3 && pins.nr_groups == 2);
	unit_must(is_pinned(0, "a", 0) && is_pinned(1, "c", 0));
	unit_must(is_pinned(2, "d", 1));
}

static void parse_many(void *unused)
{
	static char text[40000];
	size_t length = 0;

	(void)unused;
	for (unsigned int i = 0; i <= NR_PINS_MAX; i++)
		length += sprintf(text + length, "name:t%u @%u\n", i, i / 2);
	parse(text);
	unit_must(pins.nr == NR_PINS_MAX);
	unit_must(pins.nr_groups == NR_PINS_MAX / 2);
}

static void test_limits(void **state)
{
	struct unit_child child = unit_run(parse_mixed, NULL);

	(void)state;
	assert_int_equal(child.status, 0);
	assert_string_equal(child.text,
			    "typeslab: policy: p:2: not name:TYPE\n"
			    "typeslab: policy: p:4: a type named twice\n");
	child = unit_run(parse_many, NULL);
	assert_int_equal(child.status, 0);
	assert_string_equal(child.text,
			    "typeslab: policy: p:1025: more types than 1024\n");
}

/* Any bytes: nothing is read beyond them, and what is taken is counted. */
static void test_random(void **state)
{
	static const char *const pieces[] = { "name:", "a",  " ",   "@", "#",
					      "\n",    "\t", "b c", "\r" };
	uint64_t seed = unit_seed();
	int null = open("/dev/null", O_WRONLY), kept = dup(2);

	(void)state;
	dup2(null, 2);
	for (int i = 0; i < 2000; i++) {
		char piece[256], *text;
		size_t length = 0, nr = unit_random(&seed) % 40;

		for (size_t k = 0; k < nr; k++) {
			const char *word =
				pieces[unit_random(&seed) % array_size(pieces)];

			memcpy(piece + length, word, strlen(word));
			length += strlen(word);
		}
		text = malloc(length + 1);
		memcpy(text, piece, length);
		begin(NULL);
		pins_parse(&pins, "p", text, length);
		assert_true(pins.nr_groups <= pins.nr && pins.nr <= nr);
		free(text);
	}
	dup2(kept, 2);
	close(kept);
	close(null);
}

static void read_path(void *path)
{
	/* As in an option: what follows is not of the path. */
	char text[5000];

	snprintf(text, sizeof(text), "%s,mode=none", (const char *)path);
	pins_read(&pins, (struct option_text){ text, strlen(path) });
	unit_must(pins.nr == 1 && is_pinned(0, "list", 0));
}

static void read_none(void *path)
{
	pins_read(&pins, (struct option_text){ path, strlen(path) });
	unit_must(!pins.nr);
}

static void test_files(void **state)
{
	char path[] = "/tmp/unit-pins-XXXXXX";
	static char far[300], said[400];
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(write(fd, "name:list\n", 10), 10);
	unit_run_well(read_path, path);
	/* A comment to the last byte of a megabyte, and one more. */
	assert_int_equal(write(fd, "#", 1), 1);
	assert_int_equal(lseek(fd, (1 << 20) - 1, SEEK_SET), (1 << 20) - 1);
	assert_int_equal(write(fd, "\n", 1), 1);
	unit_run_well(read_path, path);
	assert_int_equal(write(fd, "\n", 1), 1);
	snprintf(said, sizeof(said),
		 "typeslab: policy: %s: is longer than a megabyte\n", path);
	assert_string_equal(unit_run(read_none, path).text, said);
	close(fd);
	unlink(path);
	snprintf(said, sizeof(said), "typeslab: policy: %s: cannot be read\n",
		 path);
	assert_string_equal(unit_run(read_none, path).text, said);
	assert_string_equal(unit_run(read_none, "/").text,
			    "typeslab: policy: /: cannot be read\n");
	/* Of a long path the end is told. */
	memset(far, 'x', 250);
	strcpy(far + 250, "/end");
	assert_non_null(strstr(unit_run(read_none, far).text,
			       "x/end: cannot be read\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_rules, begin),
		cmocka_unit_test_setup(test_bad_lines, begin),
		cmocka_unit_test_setup(test_bytes, begin),
		cmocka_unit_test_setup(test_limits, begin),
		cmocka_unit_test_setup(test_random, begin),
		cmocka_unit_test_setup(test_files, begin),
	};

	os_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
