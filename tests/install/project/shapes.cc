// SPDX-License-Identifier: Apache-2.0
//
// A C++ program that allocates types with and without pointers.
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

struct Shape {
	virtual ~Shape() = default;
	virtual double area() const = 0;
};

struct Square : Shape {
	double side = 2;
	double area() const override
	{
		return side * side;
	}
};

int main()
{
	std::vector<std::unique_ptr<Shape>> shapes;
	std::map<std::string, int> names;

	for (int i = 0; i < 100; i++) {
		shapes.push_back(std::make_unique<Square>());
		names["a name that is too long for its string " +
		      std::to_string(i)] = i;
	}
	double sum = 0;
	for (const auto &shape : shapes)
		sum += shape->area();
	std::printf("%g %zu\n", sum, names.size());
	return 0;
}
