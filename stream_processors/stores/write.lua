-- Write everything that a batch changed, or nothing: only if the claim and the applied offset are as expected.
-- KEYS  1: applied:{partition}  2: erased:{partition}
-- ARGV  1: our generation  2: the expected `next`, or ''  3: first  4: next  5: applied  6: duplicates  7: dead
--       8: emitted  9: the people's fence  10: their time to live in seconds
--       11: a MessagePack list of {person, {changed item, value, …}, whether they are new}
-- -> {1}, or {0, claim, next} with false for a missing field, or {0, claim, next, 1} if a person is gone
local partition = redis.call('HMGET', KEYS[1], 'claim', 'next')
local ours = partition[1] == ARGV[1]
if ours and partition[2] == ARGV[4] and ARGV[2] ~= ARGV[4] then
  return {1} -- an earlier attempt of this call succeeded, and its answer was lost
end
if not ours or (partition[2] or '') ~= ARGV[2] then
  return {0, partition[1], partition[2]}
end

local people = cmsgpack.unpack(ARGV[11])
local erased = {} -- since they were loaded
for i, person in ipairs(people) do
  local flags = redis.call('HMGET', hash_prefix .. person[1], '!', '@')
  if flags[1] or tenant_erased_at(person[1]) then
    erased[i] = true
  elseif not flags[2] and not person[3] then
    return {0, partition[1], partition[2], 1} -- expired, or Redis restarted without the last second: load them again
  end
end

-- Most channels have no subscriber, and asking for subscribers costs less than publishing to all channels. Only the
-- channels of this call are asked for: listing all of them takes Redis 2 ms for every thousand that are open. In a
-- cluster the channels are sharded: those of a partition, and their subscribers, are on the node of its keys.
local NUMSUB, PUBLISH = in_cluster and 'SHARDNUMSUB' or 'NUMSUB', in_cluster and 'SPUBLISH' or 'PUBLISH'
local CHUNK = 1000 -- Lua can unpack some 8,000 values at most

local channel_prefix = key_prefix .. 'live:' .. hash_tag .. ':'

local function subscribed_channels()
  local channels, subscribed = {}, {}
  for i = 1, #people do
    channels[i] = channel_prefix .. people[i][1]
  end
  for from = 1, #channels, CHUNK do
    local counts = redis.call('PUBSUB', NUMSUB, unpack(channels, from, math.min(from + CHUNK - 1, #channels)))
    for i = 2, #counts, 2 do
      subscribed[counts[i - 1]] = counts[i] > 0 or nil
    end
  end
  return subscribed
end

local everything = not in_cluster and redis.call('PUBSUB', 'NUMPAT') > 0
local OPEN = in_cluster and 'pubsubshard_channels:(%d+)' or 'pubsub_channels:(%d+)'
local open = tonumber(string.match(redis.call('INFO', 'stats'), OPEN))
local subscribed = (not everything and open ~= 0) and subscribed_channels() or {}
local has_subscribers = everything or next(subscribed)

local fence, ttl = ARGV[9], ARGV[10]

local function put(key, changed)
  for from = CHUNK + 1, #changed, CHUNK do
    redis.call('HSET', key, unpack(changed, from, math.min(from + CHUNK - 1, #changed)))
  end
  redis.call('HSET', key, '@', fence, unpack(changed, 1, math.min(CHUNK, #changed)))
  redis.call('EXPIRE', key, ttl)
end

local function notify(person, changed)
  local channel = channel_prefix .. person
  if everything or subscribed[channel] then
    for i = 1, #changed, 2 do
      if string.sub(changed[i], -1) ~= '+' then -- older sessions of an item, of which the item itself shows all
        redis.call(PUBLISH, channel, '{"contentId":"' .. changed[i] .. '","progress":' .. changed[i + 1] .. '}')
      end
    end
  end
end

for i, person in ipairs(people) do
  local changed = person[2]
  if not erased[i] then
    put(hash_prefix .. person[1], changed)
    if has_subscribers then
      notify(person[1], changed)
    end
  end
end
redis.call('HSET', KEYS[1], 'first', ARGV[3], 'next', ARGV[4], 'applied', ARGV[5], 'duplicates', ARGV[6],
  'dead', ARGV[7], 'emitted', ARGV[8], 'claimed_at', redis.call('TIME')[1])
return {1}
