-- Read the erased flag of the person or of their organisation, the fence and some items of many people, until the
-- limit of bytes is reached. A person who has only the key of a former release is moved to that of this one.
-- KEYS  1: applied:{partition}  2: erased:{partition}
-- ARGV  1: a MessagePack list of {person, item, …}  2: bytes of values after which reading stops
-- -> per person read: {erased at, fence, value, …, number of fields}, with false for a missing field; the number of
--    fields is only counted if an item is missing, else false
local left, answers = tonumber(ARGV[2]), {}
for i, wanted in ipairs(cmsgpack.unpack(ARGV[1])) do
  local person = wanted[1]
  local key = hash_prefix .. person
  wanted[1] = '@'
  local found = redis.call('HMGET', key, '!', unpack(wanted))
  if not found[1] and not found[2] and not in_cluster then
    local former_key = key_prefix .. 'progress:{' .. person .. '}'
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
