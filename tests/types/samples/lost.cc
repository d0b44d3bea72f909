// SPDX-License-Identifier: Apache-2.0
// lost: C++ whose types are lost where new lands under a cleanup.
#include <map>
#include <memory>
#include <string>
#include <vector>

struct node {
	node *next;
	int value;
};

node *plain()
{
	return new node();
}

std::vector<int> grown(int n)
{
	std::vector<int> list;

	for (int i = 0; i < n; i++)
		list.push_back(i);
	return list;
}

std::shared_ptr<node> shared()
{
	return std::make_shared<node>();
}

std::map<std::string, int> mapped(const char *text)
{
	std::map<std::string, int> map;

	map[text] = 1;
	map["a string that is too long to lie inside its object"] = 2;
	return map;
}
