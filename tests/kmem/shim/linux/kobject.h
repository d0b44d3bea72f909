/* SPDX-License-Identifier: Apache-2.0 */
/* The names of kobjects, which the series copies where they are given. */
#ifndef SHIM_LINUX_KOBJECT_H
#define SHIM_LINUX_KOBJECT_H

#include <linux/slab.h>

struct kobject {
	const char *name;
};

static inline int shim_set_name(struct kobject *kobj, const char *name)
{
	kfree(kobj->name);
	kobj->name = name;
	return name ? 0 : -12;
}

/* With the format "%s", the only one asked for, the kernel copies the text. */
#define kobject_set_name(kobj, format, text) \
	shim_set_name(kobj, kstrdup(text, GFP_KERNEL))

#endif /* SHIM_LINUX_KOBJECT_H */
