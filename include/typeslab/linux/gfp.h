/* SPDX-License-Identifier: Apache-2.0 */
/* linux/gfp.h for kernel code: see typeslab/linux/slab.h. */
#ifndef TYPESLAB_LINUX_GFP_H
#define TYPESLAB_LINUX_GFP_H

#include "typeslab/gfp.h"

#endif /* TYPESLAB_LINUX_GFP_H */
