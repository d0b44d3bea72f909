/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place: cmocka assertions about where a block lies.
 *
 * Include after cmocka.h. Each failure names the caller's line.
 */
#ifndef TOKEN_PLACE_H
#define TOKEN_PLACE_H

#include <typeslab/whatis.h>

/* The start of a live block of at least @size bytes, or the test fails. */
static inline struct typeslab_whatis place_of(const void *p, size_t size)
{
	struct typeslab_whatis place = { 0 };

	if (!p)
		fail_msg("no memory for %zu bytes", size);
	if (!typeslab_whatis(p, &place))
		fail_msg("%p is not in the heap", p);
	if (place.start != p || !place.live || place.size < size)
		fail_msg("%p: start %p, %s, %zu bytes for %zu", p, place.start,
			 place.live ? "live" : "not live", place.size, size);
	return place;
}

static inline bool same_partition(struct typeslab_whatis a,
				  struct typeslab_whatis b)
{
	return a.domain == b.domain && a.partition == b.partition;
}

static inline const char *domain_name(enum typeslab_domain domain)
{
	static const char *const name[] = { "data", "pointer", "unknown" };

	return domain <= TYPESLAB_UNKNOWN ? name[domain] : "no domain";
}

#define assert_domain(place, wanted) \
	assert_string_equal(domain_name((place).domain), domain_name(wanted))

#endif /* TOKEN_PLACE_H */
