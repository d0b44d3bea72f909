/* SPDX-License-Identifier: Apache-2.0 */
/* The slab API, and which row of caches an object came from. */
#ifndef SHIM_LINUX_SLAB_H
#define SHIM_LINUX_SLAB_H

#include "linux/kmalloc_partition.h"
#include "typeslab/slab.h"

#endif /* SHIM_LINUX_SLAB_H */
