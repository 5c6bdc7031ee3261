-- Read the mark of the erased, the fence and some items of many people.
-- ARGV  1: a MessagePack list of {a person's hash, item, …}
-- -> per person: {erased at, fence, value, …}, with false for what is not there
local people = cmsgpack.unpack(ARGV[1])
for i, wanted in ipairs(people) do
  local key = wanted[1]
  wanted[1] = '@'
  people[i] = redis.call('HMGET', key, '!', unpack(wanted))
end
return people
