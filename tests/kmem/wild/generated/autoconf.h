/* SPDX-License-Identifier: Apache-2.0 */
#define CONFIG_64BIT	    1
#define CONFIG_XARRAY_MULTI 1
