/* SPDX-License-Identifier: Apache-2.0 */
/* plugin: a library that comes and goes by dlopen and allocates throughout. */
#include <stdlib.h>
#include <string.h>

static char *made_on_load;

char *plugin_make(size_t size);
char *plugin_take_first(void);
void plugin_free(void *p);

static __attribute__((constructor)) void set_up(void)
{
	made_on_load = plugin_make(5000);
}

static __attribute__((destructor)) void take_down(void)
{
	free(made_on_load);
}

char *plugin_make(size_t size)
{
	char *p = malloc(size);

	if (p)
		memset(p, 'p', size);
	return p;
}

char *plugin_take_first(void)
{
	char *p = made_on_load;

	made_on_load = NULL;
	return p;
}

void plugin_free(void *p)
{
	free(p);
}
