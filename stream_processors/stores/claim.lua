-- Claim a partition, unless a worker of a newer generation of the group holds it.
-- KEYS  1: applied:{partition}  2: erased:{partition}
-- ARGV  1: our generation  2: seconds until a claim expires (a recreated group counts from 1)
--       3: the partition's hash of former releases
--       4: the hash of erased organisations of former releases  5: the time to live of that of this release, in seconds
-- -> {1, first, next, applied, duplicates, dead, emitted} with false for a missing field, or {0, holder}
local now = tonumber(redis.call('TIME')[1])
local moves = not in_cluster and redis.call('EXISTS', KEYS[1]) == 0 and redis.call('EXISTS', ARGV[3]) == 1
local held = redis.call('HMGET', moves and ARGV[3] or KEYS[1], 'claim', 'claimed_at')
if held[1] and tonumber(held[1]) > tonumber(ARGV[1]) and now - tonumber(held[2]) < tonumber(ARGV[2]) then
  return {0, held[1]}
end
if moves then
  redis.call('RENAME', ARGV[3], KEYS[1])
end
local erased = in_cluster and {} or redis.call('HGETALL', ARGV[4]) -- those of former releases
for place = 1, #erased, 2 do
  if redis.call('HSETNX', KEYS[2], erased[place], erased[place + 1]) == 1 then
    redis.call('EXPIRE', KEYS[2], ARGV[5])
  end
end
redis.call('HSET', KEYS[1], 'claim', ARGV[1], 'claimed_at', now)
return {1, unpack(redis.call('HMGET', KEYS[1], 'first', 'next', 'applied', 'duplicates', 'dead', 'emitted'))}
