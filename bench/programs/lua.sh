# SPDX-License-Identifier: Apache-2.0
# needs: lua5.4
set -eu
[ "$1" = run ] || exit 0
exec lua5.4 - "$SCALE" <<'LUA'
local function tree(depth)
	return depth > 0 and { tree(depth - 1), tree(depth - 1) } or {}
end
local function count(t)
	return 1 + (t[1] and count(t[1]) + count(t[2]) or 0)
end
for _ = 1, tonumber(arg[1]) do
	local words, list = {}, {}
	for i = 1, 100000 do
		local key = "k" .. (i * 7919 % 50003)
		words[key] = (words[key] or 0) + 1
		list[#list + 1] = string.rep("x", i % 40) .. i
	end
	assert(#table.concat(list) > 0)
	for _ = 1, 6 do count(tree(13)) end
	local objects = {}
	for i = 1, 60000 do
		objects[i % 5000] = { id = i, at = { i, i + 1 },
			call = function() return i end }
	end
end
LUA
