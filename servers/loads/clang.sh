# SPDX-License-Identifier: Apache-2.0
# needs: clang-22
. "$HERE/lib.sh"

{
	for header in algorithm map regex random functional thread future \
		unordered_map filesystem iostream variant ranges; do
		echo "#include <$header>"
	done
	for i in $(seq "$(quick 15 120)"); do
		cat <<EOF
std::map<std::string, std::vector<int>> f$i(const std::string &s)
{
	std::regex r("([a-z]+)$i([0-9]*)");
	std::map<std::string, std::vector<int>> m;
	for (std::sregex_iterator it(s.begin(), s.end(), r), end; it != end; ++it)
		m[(*it)[1]].push_back(std::stoi((*it)[2]) + $i);
	std::unordered_map<int, std::variant<int, std::string>> u;
	u[$i] = s; u[1] = $i;
	return m;
}
EOF
	done
} >input.cc
measure clang-22 -std=c++20 -O2 -g -ffile-compilation-dir=. -c input.cc -o input.o
cksum <input.o
