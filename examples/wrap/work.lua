-- SPDX-License-Identifier: Apache-2.0
-- Tables, strings, closures and coroutines that stay until the process ends.
local t, co = {}, {}
for i = 1, 20000 do
  t[i] = { name = "item " .. i, value = i, next = t[i - 1],
           f = function() return i end }
end
for i = 1, 200 do
  co[i] = coroutine.create(function() coroutine.yield(i) end)
  coroutine.resume(co[i])
end
collectgarbage()
print(#t, #co)
os.exit(0, false)
