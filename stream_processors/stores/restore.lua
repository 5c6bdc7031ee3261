-- Restore people whom Redis has lost, piece by piece. A person without a fence counts as missing everywhere, and gets
-- the fence only with the last piece, if all items are there. A person who has a fence, or was erased, is not changed.
-- A piece that is lost, repeated or late therefore has no effect on progress.
-- KEYS  1: applied:{partition}  2: erased:{partition}
-- ARGV  1: our generation  2: the expected `next`, or ''  3: the people's fence  4: their time to live in seconds
--       5: a MessagePack list of {person, {item, value, …}, number of all their items or -1 if more follow}
-- -> {1, number of incomplete people}, or {0, claim, next} with false for a missing field
local partition = redis.call('HMGET', KEYS[1], 'claim', 'next')
if partition[1] ~= ARGV[1] or (partition[2] or '') ~= ARGV[2] then
  return {0, partition[1], partition[2]}
end
local CHUNK = 1000 -- Lua can unpack some 8,000 values at most
local incomplete = 0
for _, person in ipairs(cmsgpack.unpack(ARGV[5])) do
  local key, items, all = hash_prefix .. person[1], person[2], person[3]
  local flags = redis.call('HMGET', key, '!', '@')
  if not flags[1] and not flags[2] and not tenant_erased_at(person[1]) then
    for from = 1, #items, CHUNK do
      redis.call('HSET', key, unpack(items, from, math.min(from + CHUNK - 1, #items)))
    end
    redis.call('EXPIRE', key, ARGV[4])
    if all >= 0 then
      if redis.call('HLEN', key) == all then
        redis.call('HSET', key, '@', ARGV[3])
      else
        redis.call('DEL', key) -- Redis restarted without the last second, or an earlier attempt left other items
        incomplete = incomplete + 1
      end
    end
  end
end
return {1, incomplete}
