/* SPDX-License-Identifier: Apache-2.0 */
/* kinds: tells in which partition each of its types lies, and waits. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <typeslab/whatis.h>

struct list {
	struct list *next;
};

typedef struct {
	int q;
} nameless;

union either {
	int a;
	float b;
};

struct handle {
	uintptr_t block;
};

struct shared {
	_Atomic(void *) first;
};

struct nested {
	int n;
	struct shared inner;
};

struct table {
	const char *names[3];
};

static void tell(const char *name, void *block)
{
	static const char *const domains[] = { "data", "pointer", "unknown" };
	struct typeslab_whatis where;

	if (!block || !typeslab_whatis(block, &where))
		abort();
	printf("%s-%02u %s\n", domains[where.domain], where.partition, name);
}

#define TELL(type, name)                                     \
	do {                                                 \
		type *volatile block = malloc(sizeof(type)); \
		tell(name, block);                           \
	} while (0)

int main(void)
{
	TELL(struct list, "list");
	TELL(nameless, "nameless");
	TELL(union either, "either");
	TELL(struct handle, "handle");
	TELL(struct shared, "shared");
	TELL(struct nested, "nested");
	TELL(struct table, "table");
	TELL(struct list *, "list *");
	TELL(const char *, "const char *");
	TELL(char, "char");
	TELL(unsigned long long, "unsigned long long");
	fflush(stdout);
	return getchar() == EOF ? 0 : 1;
}
