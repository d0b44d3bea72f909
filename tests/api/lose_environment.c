/* SPDX-License-Identifier: Apache-2.0 */
/* Overwrites its environment, as setproctitle() does, and ends. */
#include <stdlib.h>
#include <string.h>

extern char **environ;

int main(void)
{
	free(malloc(100));
	for (char **entry = environ; *entry; entry++)
		memset(*entry, 'x', strlen(*entry));
	return 0;
}
