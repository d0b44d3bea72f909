/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gdb_target: blocks of known states, then abort(), for a debugger to look at.
 *
 * Their addresses and what is to be said of them stand in variables; each line
 * on standard output is "NAME EXPECTED", a regular expression.
 */
#include <typeslab/whatis.h>

#include <stdio.h>
#include <stdlib.h>

void *volatile live, *volatile freed,
			     *volatile inner,
				     *volatile large,
					     *volatile large_inner,
						     *volatile large_freed,
							     *volatile foreign;

static const char *const domains[] = { "data", "pointer", "unknown" };

static void tell(const char *name, const void *p, const char *state)
{
	struct typeslab_whatis info;
	size_t inside;

	if (!typeslab_whatis(p, &info)) {
		printf("%s 0x%lx: not in this heap\n", name, (unsigned long)p);
		return;
	}
	inside = (const char *)p - (const char *)info.start;
	printf("%s 0x%lx: ", name, (unsigned long)p);
	if (inside)
		printf("%zu bytes into ", inside);
	printf("%s of %s-%02u, %zu bytes at 0x%lx, %s\n",
	       info.large ? "a large object" : "slot [0-9]+",
	       domains[info.domain], info.partition, info.size,
	       (unsigned long)info.start, state);
}

int main(void)
{
	static char buffer[8192];
	static int global;

	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	live = malloc(48);
	freed = malloc(200);
	inner = (char *)malloc(1000) + 17;
	/* Put together here, so that it stands in no file. */
	sprintf(inner, "what a %s holds", "block");
	large = malloc(200000);
	large_inner = (char *)large + 150000;
	large_freed = malloc(5000000);
	foreign = &global;
	tell("live", live, "live");
	tell("freed", freed, "freed");
	tell("inner", inner, "live");
	tell("large", large, "live");
	tell("large_inner", large_inner, "live");
	tell("foreign", foreign, "");
	printf("large_freed 0x%lx: in the heap's ground, handed out to nobody "
	       "now\n",
	       (unsigned long)large_freed);
	fflush(stdout);
	free(freed);
	free(large_freed);
	abort();
}
