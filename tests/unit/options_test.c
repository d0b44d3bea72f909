/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/options.h"

static struct options defaults;

struct reading {
	const char *program, *environment;
	struct options wanted;
};

/* In a child: what is said on standard error is compared by the parent. */
static void read_and_compare(void *arg)
{
	const struct reading *reading = arg;
	struct options options;

	memset(&options, 0xee, sizeof(options));
	options_read(&options, reading->program, reading->environment);
	unit_must(!memcmp(&options, &reading->wanted, sizeof(options)));
}

static void check_strings(const char *program, const char *environment,
			  const struct options *wanted, const char *said)
{
	struct reading reading = { program, environment, *wanted };
	struct unit_child child = unit_run(read_and_compare, &reading);

	assert_string_equal(child.text, said);
	assert_int_equal(child.status, 0);
}

/* One field, one string; NULL words: nothing is said. */
static void check_value(const char *string, size_t field, uint64_t value)
{
	struct options wanted = defaults;

	memcpy((char *)&wanted + field, &value, sizeof(value));
	check_strings(NULL, string, &wanted, "");
	check_strings(string, NULL, &wanted, "");
}

static void test_defaults(void **state)
{
	(void)state;
	assert_int_equal(defaults.mode, MODE_TYPED);
	assert_int_equal(defaults.profile, PROFILE_DEFAULT);
	assert_int_equal(defaults.data, 8);
	assert_int_equal(defaults.pointer, 8);
	assert_int_equal(defaults.unknown, 16);
	assert_int_equal(defaults.budget, 1024);
	assert_int_equal(option_text_of(defaults.policy).length, 0);
	assert_int_equal(defaults.token_max, 0);
	assert_true(defaults.reserve == 16ul << 40);
	assert_int_equal(option_text_of(defaults.snapshot).length, 0);
	check_strings(NULL, NULL, &defaults, "");
	check_strings("", "", &defaults, "");
	check_strings(",", ",,,", &defaults, "");
}

#define FIELD(name) offsetof(struct options, name)

static void test_good(void **state)
{
	static const struct {
		const char *string;
		size_t field;
		uint64_t value;
	} cases[] = {
		{ "mode=typed", FIELD(mode), MODE_TYPED },
		{ "mode=dedicated", FIELD(mode), MODE_DEDICATED },
		{ "mode=random", FIELD(mode), MODE_RANDOM },
		{ "mode=none", FIELD(mode), MODE_NONE },
		{ "profile=default", FIELD(profile), PROFILE_DEFAULT },
		{ "profile=compat", FIELD(profile), PROFILE_COMPAT },
		{ "data=1", FIELD(data), 1 },
		{ "zero=on", FIELD(zero), 1 },
		{ "zero=off", FIELD(zero), 0 },
		{ "canary=on", FIELD(canary), 1 },
		{ "shuffle=on", FIELD(shuffle), 1 },
		{ "quarantine=64K", FIELD(quarantine), 65536 },
		{ "reuse_after=4096", FIELD(reuse_after), 4096 },
		{ "guard=1024", FIELD(guard), 1024 },
		{ "data=1024", FIELD(data), 1024 },
		{ "data=0008", FIELD(data), 8 },
		{ "pointer=1", FIELD(pointer), 1 },
		{ "pointer=1024", FIELD(pointer), 1024 },
		{ "unknown=1", FIELD(unknown), 1 },
		{ "unknown=1024", FIELD(unknown), 1024 },
		{ "budget=1", FIELD(budget), 1 },
		{ "budget=4096", FIELD(budget), 4096 },
		{ "token_max=0", FIELD(token_max), 0 },
		{ "token_max=65536", FIELD(token_max), 65536 },
		{ "reserve=16777216", FIELD(reserve), 16ul << 20 },
		{ "reserve=16384K", FIELD(reserve), 16ul << 20 },
		{ "reserve=16M", FIELD(reserve), 16ul << 20 },
		{ "reserve=3G", FIELD(reserve), 3ul << 30 },
		{ "reserve=64T", FIELD(reserve), 64ul << 40 },
		{ ",mode=none,", FIELD(mode), MODE_NONE },
		{ "mode=none,mode=random", FIELD(mode), MODE_RANDOM },
	};

	(void)state;
	for (size_t i = 0; i < array_size(cases); i++)
		check_value(cases[i].string, cases[i].field, cases[i].value);
}

/* The profile says what no string said, before or behind it. */
static void test_parts(void **state)
{
	static const char *const strings[] = {
		"profile=hardened,canary=off,quarantine=1K",
		"canary=off,quarantine=1K,profile=hardened",
	};
	struct options wanted = defaults;

	(void)state;
	assert_int_equal(defaults.zero, 0);
	assert_int_equal(defaults.canary, 0);
	assert_int_equal(defaults.shuffle, 0);
	assert_int_equal(defaults.quarantine, 0);
	assert_int_equal(defaults.reuse_after, 0);
	assert_int_equal(defaults.guard, 0);
	wanted.profile = PROFILE_HARDENED;
	wanted.zero = 1;
	wanted.shuffle = 1;
	wanted.quarantine = 1024;
	wanted.guard = 8;
	wanted.seal = 1;
	for (size_t i = 0; i < array_size(strings); i++) {
		check_strings(NULL, strings[i], &wanted, "");
		check_strings(strings[i], NULL, &wanted, "");
	}
}

/* The environment may only strengthen what a program locked. */
static void test_lock(void **state)
{
	static const struct {
		const char *program, *environment, *same, *said;
	} cases[] = {
		{ "lock=on", "profile=hardened,mode=dedicated",
		  "lock=on,profile=hardened,mode=dedicated", "" },
		{ "lock=on", "profile=compat", "lock=on", "profile" },
		{ "lock=on", "mode=none", "lock=on", "mode" },
		{ "lock=on,mode=dedicated", "mode=typed",
		  "lock=on,mode=dedicated", "mode" },
		{ "lock=on,profile=hardened", "profile=default",
		  "lock=on,profile=hardened", "profile" },
		{ "lock=on,profile=hardened", "profile=compat,zero=off,guard=8",
		  "lock=on,profile=hardened", "profile zero" },
		{ "profile=hardened,lock=on", "zero=off",
		  "lock=on,profile=hardened", "zero" },
		{ "lock=on", "zero=on,data=9", "lock=on,zero=on,data=9", "" },
		{ "lock=on", "data=7,unknown=15", "lock=on", "data unknown" },
		{ "lock=on,guard=8", "guard=4", "lock=on,guard=4", "" },
		{ "lock=on,guard=8", "guard=9", "lock=on,guard=8", "guard" },
		{ "lock=on,guard=8", "guard=0", "lock=on,guard=8", "guard" },
		{ "lock=on", "guard=9", "lock=on,guard=9", "" },
		{ "lock=on", "token_max=16", "lock=on", "token_max" },
		{ "lock=on", "policy=/x", "lock=on", "policy" },
		{ "lock=on", "trace=on,reserve=16M",
		  "lock=on,trace=on,reserve=16M", "" },
		{ "lock=on", "mode=none,lock=off", "lock=off", "mode" },
		{ "", "lock=on,mode=none", "lock=on,mode=none", "" },
	};

	(void)state;
	for (size_t i = 0; i < array_size(cases); i++) {
		struct options wanted;
		char said[512] = "", names[128];
		char *rest = names;

		options_read(&wanted, NULL, cases[i].same);
		strcpy(names, cases[i].said);
		for (char *name; (name = strtok_r(rest, " ", &rest));) {
			strcat(said, "typeslab: locked by the program: ");
			strcat(said, name);
			strcat(said, "\n");
		}
		check_strings(cases[i].program, cases[i].environment, &wanted,
			      said);
	}
}

#define WORDS	   "typed|dedicated|random|none"
#define BUDGET	   "1 to 4096 dedicated partitions"
#define PARTITIONS "1 to 1024 partitions"
#define TOKENS	   "0 to 65536, the build's -falloc-token-max"
#define SPACE	   "16M to 64T of address space"

static void test_bad_values(void **state)
{
	static const char *const cases[][2] = {
		{ "mode=", WORDS },
		{ "mode", WORDS },
		{ "mode=Typed", WORDS },
		{ "mode=typ", WORDS },
		{ "mode=typedx", WORDS },
		{ "mode=typed|random", WORDS },
		{ "mode==typed", WORDS },
		{ "mode= typed", WORDS },
		{ "profile=hard", "default|compat|hardened" },
		{ "zero=yes", "off|on" },
		{ "quarantine=65537", "0 to 64K bytes a thread and cache" },
		{ "reuse_after=4097", "0 to 4096 frees" },
		{ "guard=1025", "0 to 1024, one slab in so many" },
		{ "data=0", PARTITIONS },
		{ "data=1025", PARTITIONS },
		{ "data=-1", PARTITIONS },
		{ "data=+1", PARTITIONS },
		{ "data=8 ", PARTITIONS },
		{ "data=0x8", PARTITIONS },
		{ "data=1K", PARTITIONS },
		{ "data=", PARTITIONS },
		{ "data=8=8", PARTITIONS },
		{ "pointer=18446744073709551617", PARTITIONS },
		{ "unknown=18446744073709551616", PARTITIONS },
		{ "unknown=99999999999999999999999", PARTITIONS },
		{ "budget=0", BUDGET },
		{ "budget=4097", BUDGET },
		{ "policy=", "file of types with partitions by name" },
		{ "token_max=65537", TOKENS },
		{ "reserve=15M", SPACE },
		{ "reserve=65T", SPACE },
		{ "reserve=16777215", SPACE },
		{ "reserve=16m", SPACE },
		{ "reserve=16MB", SPACE },
		{ "reserve=M", SPACE },
		{ "reserve=16777216T", SPACE },
		{ "reserve=18446744073709551615K", SPACE },
		{ "snapshot=", "file to write at exit, %p the process" },
	};
	char said[512];

	(void)state;
	for (size_t i = 0; i < array_size(cases); i++) {
		snprintf(said, sizeof(said), "typeslab: bad value: %s (%s)\n",
			 cases[i][0], cases[i][1]);
		check_strings(NULL, cases[i][0], &defaults, said);
	}
}

static void test_unknown_keys(void **state)
{
	(void)state;
	check_strings(NULL, "colour=blue", &defaults,
		      "typeslab: unknown option: colour\n");
	check_strings(NULL, "Mode=none", &defaults,
		      "typeslab: unknown option: Mode\n");
	check_strings(NULL, "mod=none", &defaults,
		      "typeslab: unknown option: mod\n");
	check_strings(NULL, "modes=none", &defaults,
		      "typeslab: unknown option: modes\n");
	check_strings(NULL, "=", &defaults, "typeslab: unknown option: \n");
	check_strings(NULL, " mode=none", &defaults,
		      "typeslab: unknown option:  mode\n");
}

/* The environment after the program; good pairs beside bad ones. */
static void test_order(void **state)
{
	struct options wanted = defaults;

	(void)state;
	wanted.mode = MODE_NONE;
	wanted.data = 3;
	wanted.pointer = 5;
	check_strings("mode=random,data=3", "pointer=5,mode=none", &wanted, "");
	check_strings("mode=none,data=3", "mode=odd,x,pointer=5", &wanted,
		      "typeslab: bad value: mode=odd (" WORDS ")\n"
		      "typeslab: unknown option: x\n");
}

static void test_text(void **state)
{
	static char string[5000] = "snapshot=";
	static char said[256] = "typeslab: bad value: snapshot=";
	struct options options;
	struct option_text text;

	(void)state;
	options_read(&options, NULL, "data=2,snapshot=/a b=c,mode=none");
	text = option_text_of(options.snapshot);
	assert_int_equal(text.length, 6);
	assert_memory_equal(text.text, "/a b=c", 6);
	assert_int_equal(options.mode, MODE_NONE);
	/* As long as a path may be, and one more. */
	memset(string + 9, 'x', 4095);
	options_read(&options, NULL, string);
	assert_int_equal(option_text_of(options.snapshot).length, 4095);
	string[9 + 4095] = 'x';
	memset(said + 21 + 9, 'x', 141);
	strcat(said, "... (too long)\n");
	check_strings(NULL, string, &defaults, said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_lock),
		cmocka_unit_test(test_bad_values),
		cmocka_unit_test(test_unknown_keys),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_text),
	};

	options_read(&defaults, NULL, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
