-- Read the fence and some items of many people.
-- KEYS  a hash per person
-- ARGV  per person: how many items, then their ids
-- -> per person: {fence, value, …}, with false for what is not there
local people, at = {}, 1
for i, key in ipairs(KEYS) do
  local items = tonumber(ARGV[at])
  people[i] = redis.call('HMGET', key, '@', unpack(ARGV, at + 1, at + items))
  at = at + items + 1
end
return people
