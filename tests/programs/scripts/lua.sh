# SPDX-License-Identifier: Apache-2.0
# needs: lua5.4
lua5.4 - <<'LUA'
local words, list = {}, {}
for i = 1, 200000 do
	local key = "k" .. (i * 7919 % 5003)
	words[key] = (words[key] or 0) + 1
	list[#list + 1] = string.rep("x", i % 40) .. i
end
local keys = {}
for key in pairs(words) do keys[#keys + 1] = key end
table.sort(keys)
print(#keys, keys[1], words[keys[1]], #table.concat(list))
table.sort(list, function(a, b) return #a == #b and a < b or #a < #b end)
print(list[1], list[100000], list[200000])
local function tree(depth)
	return depth > 0 and { tree(depth - 1), tree(depth - 1) } or {}
end
local function count(t)
	return 1 + (t[1] and count(t[1]) + count(t[2]) or 0)
end
for _ = 1, 8 do print(count(tree(14))) end
local co = coroutine.wrap(function()
	for i = 1, 5 do coroutine.yield(("%05d"):format(i)) end
end)
print(co(), co(), co())
collectgarbage()
print(pcall(error, "caught"))
print(select(2, pcall(string.rep, "x", 1 << 55)))
LUA
