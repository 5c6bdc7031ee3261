-- Write what a run changed, all or nothing: only where the partition stands where the writer believes it does.
-- KEYS  1: the partition's applied hash  2…: a hash per person
-- ARGV  1: our generation  2: the expected `next`, or ''  3: first  4: next  5: applied  6: duplicates  7: dead
--       8: emitted  9: the people's fence  10: their time to live in seconds
--       then per person: how many items changed, how many are written, and each item's id and value, changed first
-- -> {1}, or {0, claim, next} with false for what is not there
local standing = redis.call('HMGET', KEYS[1], 'claim', 'next')
local ours = standing[1] == ARGV[1]
if ours and standing[2] == ARGV[4] and ARGV[2] ~= ARGV[4] then
  return {1} -- an earlier try of this same call got through, and only its answer was lost
end
if not ours or (standing[2] or '') ~= ARGV[2] then
  return {0, standing[1], standing[2]}
end

-- Most changes have nobody listening; asking once for all channels costs less than publishing to none.
local listening = {}
for _, channel in ipairs(redis.call('PUBSUB', 'CHANNELS', 'live:*')) do
  listening[channel] = true
end
local patterns = redis.call('PUBSUB', 'NUMPAT') > 0

local CHUNK = 1000 -- Lua unpacks no more than some 8,000 values at once
local at = 11
for i = 2, #KEYS do
  local key, changed, written = KEYS[i], tonumber(ARGV[at]), tonumber(ARGV[at + 1])
  local first, last = at + 2, at + 1 + 2 * written
  for from = first, last, CHUNK do
    redis.call('HSET', key, unpack(ARGV, from, math.min(from + CHUNK - 1, last)))
  end
  redis.call('HSET', key, '@', ARGV[9])
  redis.call('EXPIRE', key, ARGV[10])
  local channel = 'live:' .. string.sub(key, 10) -- what follows 'progress:', which is the person in braces
  if patterns or listening[channel] then
    for field = first, first + 2 * changed - 1, 2 do
      redis.call('PUBLISH', channel, '{"contentId":"' .. ARGV[field] .. '","progress":' .. ARGV[field + 1] .. '}')
    end
  end
  at = last + 1
end
redis.call('HSET', KEYS[1], 'first', ARGV[3], 'next', ARGV[4], 'applied', ARGV[5], 'duplicates', ARGV[6],
  'dead', ARGV[7], 'emitted', ARGV[8], 'claimed_at', redis.call('TIME')[1])
return {1}
