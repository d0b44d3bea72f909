/* SPDX-License-Identifier: Apache-2.0 */
/* addon: a module for node that keeps blocks of its own, freed by node. */
#include <node_api.h>

#include <stdlib.h>
#include <string.h>

static void drop(napi_env env, void *data, void *hint)
{
	(void)env;
	(void)hint;
	free(data);
}

/* make(n): a buffer of n bytes that lies in a block of malloc's. */
static napi_value make(napi_env env, napi_callback_info info)
{
	napi_value argument, buffer = NULL;
	size_t nr = 1;
	uint32_t n = 0;
	char *data;

	napi_get_cb_info(env, info, &nr, &argument, NULL, NULL);
	napi_get_value_uint32(env, argument, &n);
	data = malloc(n);
	if (!data)
		return NULL;
	memset(data, (int)n, n);
	if (napi_create_external_buffer(env, n, data, drop, NULL, &buffer))
		free(data);
	return buffer;
}

NAPI_MODULE_INIT()
{
	napi_value function;

	napi_create_function(env, "make", NAPI_AUTO_LENGTH, make, NULL,
			     &function);
	napi_set_named_property(env, exports, "make", function);
	return exports;
}
