-- Read the erased flag of the person or of their organisation, the fence and some items of many people, until the
-- limit of bytes is reached. A person whom only a former release wrote is moved to the key of this one.
-- KEYS  1: applied:{partition}  2: erased:{partition}
-- ARGV  1: a MessagePack list of {person, item, …}  2: bytes of values after which reading stops
--       3: 1 if there may be keys of former releases
-- -> per person read: {erased at, fence, value, …, number of fields}, with false for a missing field; the number of
--    fields is only counted if an item is missing, else false
local left, answers, former = tonumber(ARGV[2]), {}, ARGV[3] == '1'
for i, wanted in ipairs(cmsgpack.unpack(ARGV[1])) do
  local person = wanted[1]
  local key = hash_prefix .. person
  wanted[1] = '@'
  local found = redis.call('HMGET', key, '!', unpack(wanted))
  if former and not found[1] and not found[2] then
    local former_key = 'progress:{' .. person .. '}'
    if redis.call('EXISTS', former_key) == 1 then
      redis.call('RENAME', former_key, key)
      found = redis.call('HMGET', key, '!', unpack(wanted))
    end
  end
  found[1] = tenant_erased_at(person) or found[1]
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
