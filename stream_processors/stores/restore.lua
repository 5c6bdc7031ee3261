-- Bring back people whom Redis has lost, piece by piece. A person without a fence counts as missing everywhere, and
-- gets it only once all of their items are there; one who has it, or was erased, is left alone. So a piece that is
-- lost, repeated or late changes nothing that counts.
-- KEYS  1: the partition's applied hash
-- ARGV  1: our generation  2: the expected `next`, or ''  3: the people's fence  4: their time to live in seconds
--       5: a MessagePack list of {a person's hash, {item, value, …}, number of all their items or -1 if more follow}
-- -> {1, people who did not end up whole}, or {0, claim, next} with false for what is not there
local standing = redis.call('HMGET', KEYS[1], 'claim', 'next')
if standing[1] ~= ARGV[1] or (standing[2] or '') ~= ARGV[2] then
  return {0, standing[1], standing[2]}
end
local CHUNK = 1000 -- Lua unpacks no more than some 8,000 values at once
local incomplete = 0
for _, person in ipairs(cmsgpack.unpack(ARGV[5])) do
  local key, items, all = person[1], person[2], person[3]
  local marks = redis.call('HMGET', key, '!', '@')
  if not marks[1] and not marks[2] then
    for from = 1, #items, CHUNK do
      redis.call('HSET', key, unpack(items, from, math.min(from + CHUNK - 1, #items)))
    end
    redis.call('EXPIRE', key, ARGV[4])
    if all >= 0 then
      if redis.call('HLEN', key) == all then
        redis.call('HSET', key, '@', ARGV[3])
      else
        redis.call('DEL', key) -- Redis restarted without the last second, or what an earlier try left is of no use
        incomplete = incomplete + 1
      end
    end
  end
end
return {1, incomplete}
