// SPDX-License-Identifier: Apache-2.0
// kinds: C++ types that lead to memory and are taken for data.
struct plain {
	int a;
};

struct referring {
	plain &other;
};

struct choosing {
	int plain::*which;
};

namespace inner
{
struct both {
	referring one;
	plain two;
};
} // namespace inner

struct honest {
	plain *other;
};

plain *a;
referring *b;
choosing *c;
inner::both *d;
honest *e;

void fill(plain &with)
{
	a = new plain{ 1 };
	b = new referring{ with };
	c = new choosing{ &plain::a };
	d = new inner::both{ { with }, { 2 } };
	e = new honest{ &with };
}
