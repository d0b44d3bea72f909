/* SPDX-License-Identifier: Apache-2.0 */
/* One call site, whose class check-sites looks for among its instructions. */
#include "typeslab/slab.h"

struct thing {
	struct thing *next;
	long a[5];
};

void *typed_site(void);

void *typed_site(void)
{
	return kmalloc_obj(struct thing);
}
