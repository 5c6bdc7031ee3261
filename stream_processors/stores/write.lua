-- Write what a run changed, all or nothing: only where the partition stands where the writer believes it does.
-- KEYS  1: the partition's applied hash
-- ARGV  1: our generation  2: the expected `next`, or ''  3: first  4: next  5: applied  6: duplicates  7: dead
--       8: emitted  9: the people's fence  10: their time to live in seconds
--       11: a MessagePack list of {a person's hash, {changed item, value, …}, whether they are new}
-- -> {1}, or {0, claim, next} with false for what is not there, or {0, claim, next, 1} where a person is gone
local standing = redis.call('HMGET', KEYS[1], 'claim', 'next')
local ours = standing[1] == ARGV[1]
if ours and standing[2] == ARGV[4] and ARGV[2] ~= ARGV[4] then
  return {1} -- an earlier try of this same call got through, and only its answer was lost
end
if not ours or (standing[2] or '') ~= ARGV[2] then
  return {0, standing[1], standing[2]}
end

local people = cmsgpack.unpack(ARGV[11])
local erased = {} -- since they were loaded
for i, person in ipairs(people) do
  local marks = redis.call('HMGET', person[1], '!', '@')
  if marks[1] then
    erased[i] = true
  elseif not marks[2] and not person[3] then
    return {0, standing[1], standing[2], 1} -- expired, or Redis restarted without the last second: load them again
  end
end

-- Most changes have no listener, and asking costs less than publishing each to nobody. The question is only ever of
-- this call's own people: the list of all channels takes Redis 2 ms for every thousand that are open.
local CHUNK = 1000 -- Lua unpacks no more than some 8,000 values at once

local function channel_of(key)
  return 'live:' .. string.sub(key, 10) -- what follows 'progress:', which is the person in braces
end

local function listened_of()
  local channels, listened = {}, {}
  for i = 1, #people do
    channels[i] = channel_of(people[i][1])
  end
  for from = 1, #channels, CHUNK do
    local counts = redis.call('PUBSUB', 'NUMSUB', unpack(channels, from, math.min(from + CHUNK - 1, #channels)))
    for i = 2, #counts, 2 do
      listened[counts[i - 1]] = counts[i] > 0 or nil
    end
  end
  return listened
end

local everything = redis.call('PUBSUB', 'NUMPAT') > 0
local open = tonumber(string.match(redis.call('INFO', 'stats'), 'pubsub_channels:(%d+)'))
local listened = (not everything and open ~= 0) and listened_of() or {}
local somebody = everything or next(listened)

local fence, ttl = ARGV[9], ARGV[10]

local function put(key, changed)
  for from = CHUNK + 1, #changed, CHUNK do
    redis.call('HSET', key, unpack(changed, from, math.min(from + CHUNK - 1, #changed)))
  end
  redis.call('HSET', key, '@', fence, unpack(changed, 1, math.min(CHUNK, #changed)))
  redis.call('EXPIRE', key, ttl)
end

local function tell(key, changed)
  local channel = channel_of(key)
  if everything or listened[channel] then
    for i = 1, #changed, 2 do
      redis.call('PUBLISH', channel, '{"contentId":"' .. changed[i] .. '","progress":' .. changed[i + 1] .. '}')
    end
  end
end

for i, person in ipairs(people) do
  local key, changed = person[1], person[2]
  if not erased[i] then
    put(key, changed)
    if somebody then
      tell(key, changed)
    end
  end
end
redis.call('HSET', KEYS[1], 'first', ARGV[3], 'next', ARGV[4], 'applied', ARGV[5], 'duplicates', ARGV[6],
  'dead', ARGV[7], 'emitted', ARGV[8], 'claimed_at', redis.call('TIME')[1])
return {1}
