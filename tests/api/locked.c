/* SPDX-License-Identifier: Apache-2.0 */
/*
 * locked: a program that says how it wants its heap, for check-locked; one of
 * its words is wrong, to show that they are read. Frees a block twice.
 */
#include <stdlib.h>

extern const char *typeslab_options;
const char *typeslab_options = "lock=on,no_such_option=1";

int main(void)
{
	void *volatile p = malloc(10);

	free(p);
	free(p);
	return 0;
}
