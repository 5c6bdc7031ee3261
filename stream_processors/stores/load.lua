-- Read the mark of the erased, the fence and some items of many people, as many of them as the bytes allow.
-- ARGV  1: a MessagePack list of {a person's hash, item, …}  2: bytes of values after which no further person is read
-- -> per person: {erased at, fence, value, …, fields in all}, with false for what is not there; fields are counted only
--    where an item is not there; fewer people where the bytes ran out
local left, answers = tonumber(ARGV[2]), {}
for i, wanted in ipairs(cmsgpack.unpack(ARGV[1])) do
  local key = wanted[1]
  wanted[1] = '@'
  local found = redis.call('HMGET', key, '!', unpack(wanted))
  local fields = false
  for place = 3, #wanted + 1 do
    if found[place] then
      left = left - #found[place]
    else
      fields = true
    end
  end
  found[#wanted + 2] = fields and redis.call('HLEN', key)
  answers[i] = found
  if left < 0 then
    break
  end
end
return answers
